package httpauth_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/mvp-auth/clients/go/httpauth"
	"example.org/mvp-auth/clients/go/mvpauth"
	"example.org/mvp-auth/clients/go/mvpauthtest"
)

var users = map[string]string{"ada-token": "ada@example.org", "bob-token": "bob@example.org"}

// whoami answers with the address of whoever asks.
var whoami = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	user, err := httpauth.User(r.Context())
	if err != nil {
		httpauth.Error(w, err)
		return
	}
	payload, err := httpauth.Payload(r.Context())
	if err != nil || payload.Sub != user.ID {
		httpauth.Error(w, err)
		return
	}
	w.Write([]byte(user.Email))
})

func get(t *testing.T, handler http.Handler, authorization ...string) *httptest.ResponseRecorder {
	t.Helper()
	request := httptest.NewRequest(http.MethodGet, "/private", nil)
	for _, value := range authorization {
		request.Header.Add("Authorization", value)
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	return recorder
}

// said is the body of a refusal.
func said(t *testing.T, recorder *httptest.ResponseRecorder) (body struct{ Detail, Code string }) {
	t.Helper()
	if err := json.Unmarshal(recorder.Body.Bytes(), &body); err != nil {
		t.Fatalf("%s: %v", recorder.Body, err)
	}
	return body
}

func TestALivingTokenIsLetThrough(t *testing.T) {
	stub := mvpauthtest.StubAuth(t, users)
	handler := httpauth.Require(stub.Client)(whoami)
	for _, authorization := range []string{"Bearer ada-token", "bearer ada-token"} {
		if answer := get(t, handler, authorization); answer.Code != 200 || answer.Body.String() != "ada@example.org" {
			t.Errorf("%d %s", answer.Code, answer.Body)
		}
	}
	if calls := stub.Calls(); len(calls) != 4 || calls[0].Method != "token.verify" || calls[1].Method != "user.get_current_user" {
		t.Errorf("%v", calls)
	}
}

func TestRequireMakesOneCall(t *testing.T) {
	stub := mvpauthtest.StubAuth(t, users)
	next := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for i := 0; i < 3; i++ {
			if user, err := httpauth.User(r.Context()); err != nil || user.Email != "ada@example.org" {
				t.Errorf("%v, %v", user, err)
			}
		}
		if token, isThere := httpauth.Token(r.Context()); !isThere || token != "ada-token" {
			t.Error(token)
		}
	})
	get(t, httpauth.Require(stub.Client, httpauth.WithUser())(next), "Bearer ada-token")
	if calls := stub.Calls(); len(calls) != 1 || calls[0].Method != "user.get_current_user" {
		t.Errorf("%v", calls)
	}
}

func TestABadTokenIsRefused(t *testing.T) {
	stub := mvpauthtest.StubAuth(t, users)
	handler := httpauth.Require(stub.Client)(whoami)
	const missing, invalid = `Bearer realm="mvp-auth"`, `Bearer realm="mvp-auth", error="invalid_token"`
	for _, row := range []struct {
		authorization []string
		challenge     string
	}{
		{nil, missing},
		{[]string{"Basic YWRhOmFkYQ=="}, missing},
		{[]string{"Bearer"}, missing},
		{[]string{"Bearer "}, missing},
		{[]string{"Bearer  ada-token"}, missing},
		{[]string{"Bearer ada-token x"}, missing},
		{[]string{"Bearer ada-token", "Bearer ada-token"}, missing},
		{[]string{"Bearer ada\u00e9token"}, missing},
		{[]string{"Bearer nobodys"}, invalid},
	} {
		answer := get(t, handler, row.authorization...)
		if answer.Code != 401 || answer.Header().Get("WWW-Authenticate") != row.challenge ||
			said(t, answer).Code != "TOKEN_INVALID" || answer.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%q: %d %v %s", row.authorization, answer.Code, answer.Header(), answer.Body)
		}
	}
	if len(stub.Calls()) != 1 {
		t.Errorf("%v", stub.Calls())
	}
}

func TestOptionalLetsRequestsWithoutATokenThroughAndNoOthers(t *testing.T) {
	stub := mvpauthtest.StubAuth(t, users)
	handler := httpauth.Require(stub.Client, httpauth.Optional())(http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			if _, isThere := httpauth.Token(r.Context()); !isThere {
				if _, err := httpauth.User(r.Context()); !errors.Is(err, mvpauth.TokenInvalid) {
					t.Error(err)
				}
				if _, err := httpauth.Payload(r.Context()); !errors.Is(err, mvpauth.TokenInvalid) {
					t.Error(err)
				}
				w.Write([]byte("nobody"))
				return
			}
			whoami(w, r)
		}))
	if answer := get(t, handler); answer.Body.String() != "nobody" {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	if answer := get(t, handler, "Bearer ada-token"); answer.Body.String() != "ada@example.org" {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	for _, authorization := range []string{"Bearer nobodys", "Basic x"} {
		if answer := get(t, handler, authorization); answer.Code != 401 {
			t.Errorf("%d %s", answer.Code, answer.Body)
		}
	}
}

func TestVerifiedDemandsAVerifiedAddress(t *testing.T) {
	stub := mvpauthtest.StubAuth(t, users)
	handler := httpauth.Require(stub.Client, httpauth.Verified())(whoami)
	if answer := get(t, handler, "Bearer ada-token"); answer.Code != 200 {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	stub.User("ada-token").IsVerified = false
	if answer := get(t, handler, "Bearer ada-token"); answer.Code != 403 || said(t, answer).Code != "EMAIL_NOT_VERIFIED" {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
}

func TestTrap15ADaemonThatIsAwayIs503AndSaysNoPath(t *testing.T) {
	auth := &mvpauth.Client{Socket: "/nowhere/secret.sock", Timeout: 20 * time.Millisecond}
	defer auth.Close()
	var seen error
	auth.Observe = func(_ context.Context, call mvpauth.Call) { seen = call.Err }
	for _, handler := range []http.Handler{httpauth.Require(auth)(whoami), httpauth.Handler(auth)} {
		request := httptest.NewRequest(http.MethodGet, "/me", nil)
		request.Header.Set("Authorization", "Bearer ada-token")
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		if answer.Code != 503 || said(t, answer).Code != "UNAVAILABLE" || answer.Header().Get("Retry-After") != "1" ||
			strings.Contains(answer.Body.String(), "secret") {
			t.Errorf("%d %v %s", answer.Code, answer.Header(), answer.Body)
		}
		if seen == nil || !strings.Contains(seen.Error(), "/nowhere/secret.sock") {
			t.Errorf("operators see %v", seen)
		}
	}
}

func TestTrap16RequestsShareNothing(t *testing.T) {
	stub := mvpauthtest.StubAuth(t, users)
	server := httptest.NewServer(httpauth.Require(stub.Client)(whoami))
	defer server.Close()
	var requests sync.WaitGroup
	for token, email := range users {
		for i := 0; i < 10; i++ {
			token, email := token, email
			requests.Add(1)
			go func() {
				defer requests.Done()
				for i := 0; i < 20; i++ {
					request, _ := http.NewRequest(http.MethodGet, server.URL, nil)
					request.Header.Set("Authorization", "Bearer "+token)
					response, err := http.DefaultClient.Do(request)
					if err != nil {
						t.Error(err)
						return
					}
					var body [64]byte
					count, _ := response.Body.Read(body[:])
					response.Body.Close()
					if string(body[:count]) != email {
						t.Errorf("%s got %s", token, body[:count])
					}
				}
			}()
		}
	}
	requests.Wait()
}

func TestErrorsAreAnsweredByTheirStatus(t *testing.T) {
	for _, row := range []struct {
		err        error
		status     int
		code       string
		retryAfter string
	}{
		{&mvpauth.Error{Code: mvpauth.RateLimited, Number: 42901, RetryAfter: 1500 * time.Millisecond}, 429, "RATE_LIMITED", "2"},
		{&mvpauth.Error{Code: mvpauth.UserExists, Number: 40901}, 409, "USER_EXISTS", ""},
		{&mvpauth.Error{Code: "BRAND_NEW", Number: 40299}, 402, "BRAND_NEW", ""},
		{&mvpauth.Error{Code: mvpauth.ProtocolError}, 500, "INTERNAL_ERROR", ""},
		{&mvpauth.Error{Code: mvpauth.ConnectionLost}, 503, "UNAVAILABLE", "1"},
		{&mvpauth.Error{Code: mvpauth.DeadlineExceeded, Number: -32004}, 504, "DEADLINE_EXCEEDED", ""},
		{errors.New("secret"), 500, "INTERNAL_ERROR", ""},
	} {
		recorder := httptest.NewRecorder()
		httpauth.Error(recorder, row.err)
		if recorder.Code != row.status || said(t, recorder).Code != row.code ||
			recorder.Header().Get("Retry-After") != row.retryAfter || strings.Contains(recorder.Body.String(), "secret") {
			t.Errorf("%v: %d %v %s", row.err, recorder.Code, recorder.Header(), recorder.Body)
		}
	}
	recorder := httptest.NewRecorder()
	httpauth.Error(recorder, &mvpauth.Error{
		Code: mvpauth.PasswordValidation, Number: 42201, Message: "No.", Fields: []mvpauth.FieldError{{Path: "password", Reason: "is short"}},
	})
	want := `{"detail":"No.","code":"PASSWORD_VALIDATION","errors":[{"field":"password","reason":"is short"}]}`
	if recorder.Body.String() != want {
		t.Error(recorder.Body)
	}
}
