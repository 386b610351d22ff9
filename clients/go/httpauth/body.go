package httpauth

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"example.org/mvp-auth/clients/go/internal/strictjson"
	"example.org/mvp-auth/clients/go/mvpauth"
)

// maximumBodyBytes is what the daemon reads of a line.
const maximumBodyBytes = 64 * 1024

// A fault is a request that is refused before the daemon is asked.
type fault struct {
	status int
	code   string
	detail string
	fields []field
}

func (f *fault) Error() string { return f.detail }

func refuse(w http.ResponseWriter, err error) {
	var fault *fault
	if errors.As(err, &fault) {
		writeJSON(w, fault.status, refusal{fault.detail, fault.code, fault.fields})
		return
	}
	Error(w, err)
}

// params are those of the call that the route makes: of the bearer, the path and the body, and of the body nothing
// that the route does not name.
func (r route) params(w http.ResponseWriter, request *http.Request, end string) (map[string]any, error) {
	params := map[string]any{}
	token := bearerToken(request)
	if r.pathParam != "" {
		params[r.pathParam] = end
	}
	if r.isProtected && r.method != "auth.logout" {
		// Looked at before anything else is read.
		if token == "" {
			return nil, missingToken()
		}
		params["access_token"] = token
	}
	if r.method != "auth.logout" {
		return params, r.readBody(w, request, params)
	}
	// A refresh token in the body says whose session ends as well as a bearer.
	if isJSON(request) {
		if err := r.readBody(w, request, params); err == nil || token == "" {
			return params, err
		}
	}
	if token == "" {
		return nil, missingToken()
	}
	return map[string]any{"access_token": token}, nil
}

func (r route) readBody(w http.ResponseWriter, request *http.Request, params map[string]any) error {
	if len(r.body) == 0 {
		return nil
	}
	if !isJSON(request) {
		return &fault{
			http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", "The body must be application/json.", nil,
		}
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, request.Body, maximumBodyBytes))
	if err != nil {
		return unreadable(err)
	}
	members, err := strictjson.Object(text)
	var duplicate strictjson.Duplicate
	switch {
	case errors.As(err, &duplicate):
		return unacceptable(field{string(duplicate), "must not occur twice"})
	case errors.Is(err, strictjson.ErrObject):
		return &fault{
			http.StatusUnprocessableEntity, string(mvpauth.InvalidParams), "The body must be a JSON object.", nil,
		}
	case err != nil:
		return &fault{http.StatusBadRequest, string(mvpauth.ParseError), "The body is not JSON.", nil}
	}
	var wrong []field
	for _, known := range r.body {
		member, isThere := members[known.name]
		if !isThere || string(member) == "null" {
			if !known.isOptional {
				wrong = append(wrong, field{known.name, "is missing"})
			}
			continue
		}
		value, reason := known.value(member)
		if reason != "" {
			wrong = append(wrong, field{known.name, reason})
		}
		params[known.name] = value
	}
	if len(wrong) > 0 {
		return unacceptable(wrong...)
	}
	return nil
}

// value reads a member, or says what is wrong with it.
func (m bodyMember) value(member json.RawMessage) (value any, reason string) {
	if !m.isFlag {
		return strictjson.Text(member)
	}
	switch text := string(member); text {
	case "true", "false":
		return text == "true", ""
	default:
		return nil, "must be true or false"
	}
}

func isJSON(request *http.Request) bool {
	kind, _, err := mime.ParseMediaType(request.Header.Get("Content-Type"))
	return err == nil && kind == "application/json"
}

// unacceptable is for bad input, in a sentence that names it and does not repeat it: it may be a password.
func unacceptable(fields ...field) *fault {
	var complaints []string
	for _, field := range fields {
		complaints = append(complaints, field.Field+" "+field.Reason)
	}
	return &fault{
		http.StatusUnprocessableEntity, string(mvpauth.InvalidParams),
		"The request is not acceptable: " + strings.Join(complaints, "; ") + ".", fields,
	}
}

func unreadable(err error) error {
	// Of Go 1.19; before there was no type to tell it by.
	var tooLong *http.MaxBytesError
	if errors.As(err, &tooLong) {
		return &fault{
			http.StatusRequestEntityTooLarge, string(mvpauth.MessageTooLarge), "The message is too large.", nil,
		}
	}
	return &fault{http.StatusBadRequest, "BAD_REQUEST", "The body cannot be read.", nil}
}
