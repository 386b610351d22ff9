package httpauth

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"example.org/mvp-auth/clients/go/mvpauth"
)

const challenge = `Bearer realm="mvp-auth"`

// A refusal is the body of an answer for an error.
type refusal struct {
	Detail string  `json:"detail"`
	Code   string  `json:"code"`
	Errors []field `json:"errors,omitempty"`
}

type field struct {
	Field  string `json:"field"`
	Reason string `json:"reason"`
}

// Error answers a request whose call of the daemon failed: {"detail", "code"}, for bad input with "errors". What only
// operators may know, such as paths, is kept back: [mvpauth.Client.Observe] has it.
func Error(w http.ResponseWriter, err error) {
	var failure *mvpauth.Error
	if !errors.As(err, &failure) {
		failure = &mvpauth.Error{Code: mvpauth.InternalError, Number: -32603, Message: "Internal error."}
	}
	status := failure.HTTPStatus()
	body := refusal{Detail: failure.Message, Code: string(failure.Code)}
	if failure.Number == 0 {
		// The daemon has not said this.
		switch {
		case status == http.StatusServiceUnavailable:
			body.Detail, body.Code = "The service is not available.", string(mvpauth.Unavailable)
		case status >= 500 && status != http.StatusGatewayTimeout:
			body.Detail, body.Code = "The service is not set up correctly.", string(mvpauth.InternalError)
		}
	}
	for _, wrong := range failure.Fields {
		body.Errors = append(body.Errors, field{wrong.Path, wrong.Reason})
	}
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		seconds := (failure.RetryAfter + time.Second - 1) / time.Second
		if seconds < 1 {
			seconds = 1
		}
		w.Header().Set("Retry-After", strconv.FormatInt(int64(seconds), 10))
	}
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", challengeFor(failure))
	}
	writeJSON(w, status, body)
}

// challengeFor tells a token that is refused from one that is missing, and from a wrong password.
func challengeFor(failure *mvpauth.Error) string {
	switch failure.Code {
	case mvpauth.TokenExpired, mvpauth.TokenInvalid, mvpauth.TokenRevoked, mvpauth.TokenReuse:
		if failure.Number != 0 {
			return challenge + `, error="invalid_token"`
		}
	}
	return challenge
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	encoded, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	writeRaw(w, status, encoded)
}

func writeRaw(w http.ResponseWriter, status int, body []byte) {
	header := w.Header()
	header.Set("Content-Type", "application/json; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
