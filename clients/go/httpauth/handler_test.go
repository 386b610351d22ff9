package httpauth_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"testing"

	"example.org/mvp-auth/clients/go/httpauth"
	"example.org/mvp-auth/clients/go/mvpauth"
	"example.org/mvp-auth/clients/go/mvpauthtest"
)

const password = "correct horse battery"

// A browser talks to the routes.
type browser struct {
	t       *testing.T
	handler http.Handler
}

func (b browser) do(method, path, token, body string, headers ...string) *httptest.ResponseRecorder {
	b.t.Helper()
	request := httptest.NewRequest(method, "/auth"+path, strings.NewReader(body))
	request.RemoteAddr = "192.0.2.7:4711"
	request.Header.Set("User-Agent", "Firefox")
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	recorder := httptest.NewRecorder()
	b.handler.ServeHTTP(recorder, request)
	return recorder
}

// expect is the body of an answer with the status.
func (b browser) expect(status int, answer *httptest.ResponseRecorder) map[string]any {
	b.t.Helper()
	if answer.Code != status || answer.Header().Get("Cache-Control") != "no-store" ||
		answer.Header().Get("Content-Type") != "application/json; charset=utf-8" {
		b.t.Fatalf("%d %v %s; not %d", answer.Code, answer.Header(), answer.Body, status)
	}
	var value any
	if err := json.Unmarshal(answer.Body.Bytes(), &value); err != nil {
		b.t.Fatal(err)
	}
	if list, isList := value.([]any); isList {
		return map[string]any{"list": list}
	}
	return value.(map[string]any)
}

func open(t *testing.T, options ...httpauth.HandlerOption) (browser, *mvpauthtest.Private) {
	t.Helper()
	if _, err := mvpauthtest.Find(); err != nil && os.Getenv("MVPAUTH_TEST_REQUIRES_DAEMON") == "" {
		t.Skip(err)
	}
	daemon := mvpauthtest.Daemon(t)
	return browser{t, http.StripPrefix("/auth", httpauth.Handler(daemon.Client(), options...))}, daemon
}

func TestScenarioTheFourteenRoutes(t *testing.T) {
	b, daemon := open(t)
	ada := fmt.Sprintf(`{"email":"ada@example.org","password":%q,"user_id":"ignored"}`, password)
	user := b.expect(201, b.do("POST", "/register", "", ada))
	if user["email"] != "ada@example.org" || user["is_verified"] != false {
		t.Error(user)
	}
	if code := b.expect(409, b.do("POST", "/register", "", ada))["code"]; code != "USER_EXISTS" {
		t.Error(code)
	}
	token := daemon.Email("ada@example.org", "verification_email").Token
	if verified := b.expect(200, b.do("POST", "/verify-email", "", fmt.Sprintf(`{"token":%q}`, token))); verified["is_verified"] != true {
		t.Error(verified)
	}
	b.expect(200, b.do("POST", "/resend-verification", "", `{"email":"ada@example.org"}`))
	wrong := b.do("POST", "/login", "", `{"email":"ada@example.org","password":"wrong"}`)
	if b.expect(401, wrong)["code"] != "INVALID_CREDENTIALS" || wrong.Header().Get("WWW-Authenticate") == "" {
		t.Error(wrong.Header())
	}
	login := func() (access, refresh string) {
		pair := b.expect(200, b.do("POST", "/login", "", ada))
		return pair["access_token"].(string), pair["refresh_token"].(string)
	}
	access, refresh := login()
	if me := b.expect(200, b.do("GET", "/me", access, "")); me["id"] != user["id"] {
		t.Error(me)
	}
	if head := b.do("HEAD", "/me", access, ""); head.Code != 200 {
		t.Error(head.Code)
	}
	list := b.expect(200, b.do("GET", "/sessions", access, ""))["list"].([]any)
	session := list[0].(map[string]any)
	if session["device_info"] != "Firefox" || session["ip_address"] != "192.0.2.7" {
		t.Error(session)
	}
	events := b.expect(200, b.do("GET", "/events", access, ""))["list"].([]any)
	if newest := events[0].(map[string]any); newest["event"] != "login.succeeded" || newest["source"] != "192.0.2.7" {
		t.Error(newest)
	}
	pair := b.expect(200, b.do("POST", "/refresh", "", fmt.Sprintf(`{"refresh_token":%q}`, refresh)))
	access = pair["access_token"].(string)
	b.expect(200, b.do("POST", "/change-password", access, fmt.Sprintf(`{"current_password":%q,"new_password":"another long phrase"}`, password)))
	if code := b.expect(401, b.do("GET", "/me", access, ""))["code"]; code != "TOKEN_REVOKED" {
		t.Error(code)
	}
	b.expect(200, b.do("POST", "/forgot-password", "", `{"email":"ada@example.org"}`))
	reset := daemon.Email("ada@example.org", "password_reset_email").Token
	b.expect(200, b.do("POST", "/reset-password", "", fmt.Sprintf(`{"token":%q,"new_password":%q}`, reset, password)))
	first, _ := login()
	_, second := login()
	list = b.expect(200, b.do("GET", "/sessions", first, ""))["list"].([]any)
	if len(list) != 2 {
		t.Error(list)
	}
	b.expect(200, b.do("POST", "/logout", "", fmt.Sprintf(`{"refresh_token":%q}`, second)))
	third, _ := login()
	for _, row := range b.expect(200, b.do("GET", "/sessions", third, ""))["list"].([]any) {
		if row := row.(map[string]any); row["current"] == false {
			b.expect(200, b.do("DELETE", "/sessions/"+row["id"].(string), third, ""))
		}
	}
	if code := b.expect(401, b.do("GET", "/me", first, ""))["code"]; code != "TOKEN_REVOKED" {
		t.Error(code)
	}
	b.expect(200, b.do("POST", "/logout", third, "not even JSON"))
	fourth, _ := login()
	if all := b.expect(200, b.do("POST", "/logout-all", fourth, "")); all["revoked"] != 1.0 {
		t.Error(all)
	}
}

func TestBadRequestsAreRefusedBeforeTheDaemonIsAsked(t *testing.T) {
	stub := mvpauthtest.StubAuth(t, users)
	b := browser{t, http.StripPrefix("/auth", httpauth.Handler(stub.Client))}
	for _, row := range []struct {
		method, path, body string
		status             int
		code               string
		fields             []string
	}{
		{"POST", "/login", `{}`, 422, "INVALID_PARAMS", []string{"email", "password"}},
		{"POST", "/login", `{"email":"a@b.c","password":null}`, 422, "INVALID_PARAMS", []string{"password"}},
		{"POST", "/login", `{"email":7,"password":"canary"}`, 422, "INVALID_PARAMS", []string{"email"}},
		{"POST", "/login", `{"email":"a","password":"canary","password":"b"}`, 422, "INVALID_PARAMS", []string{"password"}},
		{"POST", "/login", `{"email":"a","password":"canary\ud800"}`, 422, "INVALID_PARAMS", []string{"password"}},
		{"POST", "/login", `{"email":"a","password":"canary\u0000"}`, 422, "INVALID_PARAMS", []string{"password"}},
		{"POST", "/login", `["canary"]`, 422, "INVALID_PARAMS", nil},
		{"POST", "/login", `canary`, 400, "PARSE_ERROR", nil},
		{"POST", "/login", "{\"email\":\"canary\xff\"}", 400, "PARSE_ERROR", nil},
		{"POST", "/login", `{"email":"` + strings.Repeat("canary", 12_000) + `"}`, 413, "MESSAGE_TOO_LARGE", nil},
		{"POST", "/login", "", 415, "UNSUPPORTED_MEDIA_TYPE", nil},
		{"GET", "/login", "", 405, "METHOD_NOT_ALLOWED", nil},
		{"POST", "/nothing", "", 404, "NOT_FOUND", nil},
		{"DELETE", "/sessions/", "", 404, "NOT_FOUND", nil},
		{"DELETE", "/sessions/a/b", "", 404, "NOT_FOUND", nil},
		{"GET", "/me", "", 401, "TOKEN_INVALID", nil},
		{"POST", "/change-password", "", 401, "TOKEN_INVALID", nil},
		{"POST", "/logout", "", 401, "TOKEN_INVALID", nil},
		{"POST", "/logout", "{}", 422, "INVALID_PARAMS", []string{"refresh_token"}},
	} {
		answer := b.do(row.method, row.path, "", row.body)
		body := b.expect(row.status, answer)
		var fields []string
		if errors, isThere := body["errors"].([]any); isThere {
			for _, wrong := range errors {
				fields = append(fields, wrong.(map[string]any)["field"].(string))
			}
		}
		if body["code"] != row.code || !reflect.DeepEqual(fields, row.fields) ||
			strings.Contains(answer.Body.String(), "canary") {
			t.Errorf("%s %s %.40s: %s", row.method, row.path, row.body, answer.Body)
		}
		if row.status == 405 && answer.Header().Get("Allow") != "POST" {
			t.Error(answer.Header())
		}
	}
	if len(stub.Calls()) != 0 {
		t.Errorf("%v", stub.Calls())
	}
}

func TestTheDaemonGetsWhatTheRouteNamesAndNothingElse(t *testing.T) {
	stub := mvpauthtest.StubAuth(t, users)
	b := browser{t, http.StripPrefix("/auth", httpauth.Handler(stub.Client))}
	b.do("POST", "/login", "", `{"email":"ada@example.org","password":"x","ip_address":"1.2.3.4","meta":1}`,
		"User-Agent", "Fire\tfo "+strings.Repeat("é", 400))
	b.do("POST", "/change-password", "ada-token", `{"current_password":"a","new_password":"b","user_id":"c"}`)
	b.do("POST", "/register", "", `{"email":"ada@example.org","password":"x","ip_address":"1.2.3.4"}`,
		"X-Forwarded-For", "198.51.100.1")
	login, change, register := stub.Calls()[0].Params, stub.Calls()[1].Params, stub.Calls()[2].Params
	if !reflect.DeepEqual(register, map[string]any{"email": "ada@example.org", "password": "x", "ip_address": "192.0.2.7"}) {
		t.Error(register)
	}
	if info, _ := login["device_info"].(string); len(info) != 511 || !strings.HasPrefix(info, "Firefo é") {
		t.Errorf("%d bytes of %s", len(info), info)
	}
	delete(login, "device_info")
	if !reflect.DeepEqual(login, map[string]any{"email": "ada@example.org", "password": "x", "ip_address": "192.0.2.7"}) {
		t.Error(login)
	}
	if !reflect.DeepEqual(change, map[string]any{"access_token": "ada-token", "current_password": "a", "new_password": "b"}) {
		t.Error(change)
	}
}

func TestTheAddressBehindAProxyIsTheApplicationsToTell(t *testing.T) {
	stub := mvpauthtest.StubAuth(t, users)
	forwarded := httpauth.ClientIP(func(r *http.Request) string { return r.Header.Get("X-Real-IP") })
	b := browser{t, http.StripPrefix("/auth", httpauth.Handler(stub.Client, forwarded))}
	b.do("POST", "/login", "", `{"email":"ada@example.org","password":"x"}`, "X-Real-IP", "2001:db8::1")
	b.do("POST", "/login", "", `{"email":"ada@example.org","password":"x"}`, "X-Real-IP", "no address")
	if calls := stub.Calls(); calls[0].Params["ip_address"] != "2001:db8::1" || calls[1].Params["ip_address"] != nil {
		t.Error(calls)
	}
}

func TestTheKeysOfOthersAreOtherKeys(t *testing.T) {
	b, _ := open(t)
	key := []string{"Idempotency-Key", "one-intention"}
	ada := fmt.Sprintf(`{"email":"ada@example.org","password":%q}`, password)
	first := b.do("POST", "/register", "", ada, key...)
	second := b.do("POST", "/register", "", ada, key...)
	if first.Code != 201 || second.Code != 201 || first.Body.String() != second.Body.String() {
		t.Errorf("%d %s, %d %s", first.Code, first.Body, second.Code, second.Body)
	}
	bob := fmt.Sprintf(`{"email":"bob@example.org","password":%q}`, password)
	if answer := b.do("POST", "/register", "", bob, key...); answer.Code != 422 {
		t.Errorf("another call under the key: %d %s", answer.Code, answer.Body)
	}
	if answer := b.do("POST", "/register", "", bob, "Idempotency-Key", "short"); answer.Code != 422 {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	elsewhere := httptest.NewRequest("POST", "/auth/register", strings.NewReader(bob))
	elsewhere.Header.Set("Content-Type", "application/json")
	elsewhere.Header.Set("Idempotency-Key", "one-intention")
	elsewhere.RemoteAddr = "198.51.100.1:80"
	answer := httptest.NewRecorder()
	b.handler.ServeHTTP(answer, elsewhere)
	if answer.Code != 201 {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
}

func TestRoutesAreChosen(t *testing.T) {
	stub := mvpauthtest.StubAuth(t, users)
	paths := []string{
		"/register", "/login", "/refresh", "/logout", "/verify-email", "/resend-verification", "/forgot-password",
		"/reset-password", "/change-password", "/logout-all",
	}
	for _, row := range []struct {
		options []httpauth.HandlerOption
		served  string
	}{
		{nil, strings.Join(paths, " ")},
		{[]httpauth.HandlerOption{httpauth.Routes(httpauth.Core)}, "/register /login /refresh /logout"},
		{[]httpauth.HandlerOption{httpauth.Routes(httpauth.Login, httpauth.Verify)}, "/login /verify-email /resend-verification"},
		{[]httpauth.HandlerOption{httpauth.Without(httpauth.SessionManagement, httpauth.Password)},
			"/register /login /refresh /logout /verify-email /resend-verification"},
		{[]httpauth.HandlerOption{httpauth.Routes(httpauth.SessionManagement)}, "/logout-all"},
		{[]httpauth.HandlerOption{httpauth.Routes(httpauth.Sessions), httpauth.Routes(httpauth.Login)}, "/login"},
	} {
		b := browser{t, http.StripPrefix("/auth", httpauth.Handler(stub.Client, row.options...))}
		var served []string
		for _, path := range paths {
			if b.do("POST", path, "", "").Code != 404 {
				served = append(served, path)
			}
		}
		if strings.Join(served, " ") != row.served {
			t.Errorf("%v, not %s", served, row.served)
		}
	}
	for name, mistake := range map[string]func(){
		"an unknown name": func() { httpauth.Routes("logins") },
		"nothing left": func() {
			httpauth.Handler(new(mvpauth.Client), httpauth.Routes(httpauth.Core), httpauth.Without(httpauth.Core))
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s does not panic", name)
				}
			}()
			mistake()
		}()
	}
}

func TestTheRoutesHaveTheNamesOfTheLibraryAndEventsIsOurs(t *testing.T) {
	names := []httpauth.Name{
		httpauth.Register, httpauth.Login, httpauth.Refresh, httpauth.VerifyEmail, httpauth.ResendVerification,
		httpauth.ForgotPassword, httpauth.ResetPassword, httpauth.Me, httpauth.Logout, httpauth.LogoutAll,
		httpauth.ChangePassword, httpauth.Sessions, httpauth.RevokeSession, httpauth.Events,
	}
	want := "[register login refresh verify_email resend_verification forgot_password reset_password me logout " +
		"logout_all change_password sessions revoke_session events]"
	if fmt.Sprint(names) != want {
		t.Error(names)
	}
}
