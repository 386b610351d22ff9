package mvpauthtest

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/mvp-auth/clients/go/internal/fake"
	"example.org/mvp-auth/clients/go/mvpauth"
)

// A Stub is a client that is answered from a table: "this request is Ada".
type Stub struct {
	// Client is a real client, for whatever takes one. It makes no call twice, so that every failure is seen.
	*mvpauth.Client

	mu       sync.Mutex
	accounts []*account
	failures map[string][]*mvpauth.Error
	calls    []Call
}

// A Call is what was asked. Params may hold passwords: they are the test's own.
type Call struct {
	Method string
	Params map[string]any
}

type account struct {
	token     string
	sessionID string
	isRevoked bool
	user      *mvpauth.User
}

// StubAuth is a client without a daemon.
//
//	stub := mvpauthtest.StubAuth(t, map[string]string{"ada-token": "ada@example.org"})
//	server := NewServer(stub.Client)
//
// Whoever carries a token is its user, and any password signs a known address in: there is no cryptography in it.
func StubAuth(t testing.TB, users map[string]string) *Stub {
	t.Helper()
	stub := &Stub{failures: make(map[string][]*mvpauth.Error)}
	tokens := make([]string, 0, len(users))
	for token := range users {
		tokens = append(tokens, token)
	}
	sort.Strings(tokens)
	for _, token := range tokens {
		stub.add(token, users[token])
	}
	server, err := fake.Start(stub.serve)
	if err != nil {
		t.Fatal(err)
	}
	stub.Client = &mvpauth.Client{Socket: server.Path, Attempts: 1}
	t.Cleanup(func() {
		stub.Client.Close()
		server.Close()
	})
	return stub
}

// User is the user of a token, whose members a test may change before its calls; nil if there is none.
func (s *Stub) User(token string) *mvpauth.User {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, account := range s.accounts {
		if account.token == token {
			return account.user
		}
	}
	return nil
}

// FailNext has the next call of the method fail; several are used one after the other.
func (s *Stub) FailNext(method string, failure *mvpauth.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures[method] = append(s.failures[method], failure)
}

// Calls are the calls so far.
func (s *Stub) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Call(nil), s.calls...)
}

func (s *Stub) serve(peer *fake.Peer) {
	for call := peer.Read(); call != nil; call = peer.Read() {
		if call.ID == nil {
			continue
		}
		params := map[string]any{}
		_ = json.Unmarshal(call.Params, &params)
		if result, failure := s.answer(call.Method, params); failure != nil {
			peer.Fail(call, wire(failure))
		} else {
			peer.Reply(call, result)
		}
	}
}

func (s *Stub) answer(method string, params map[string]any) (any, *mvpauth.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !strings.HasPrefix(method, "system.") {
		s.calls = append(s.calls, Call{method, params})
	}
	if failures := s.failures[method]; len(failures) > 0 {
		s.failures[method] = failures[1:]
		return nil, failures[0]
	}
	switch method {
	case "user.register":
		if s.byEmail(text(params, "email")) != nil {
			return nil, refusal(mvpauth.UserExists, 40901)
		}
		return s.add(fmt.Sprintf("token-%d", len(s.accounts)+1), text(params, "email")).user, nil
	case "auth.login":
		if account := s.byEmail(text(params, "email")); account != nil && !account.isRevoked {
			return pair(account.token), nil
		}
		return nil, refusal(mvpauth.InvalidCredentials, 40101)
	case "user.find":
		if account := s.byEmail(text(params, "email")); account != nil {
			return account.user, nil
		}
		return nil, refusal(mvpauth.UserNotFound, 40401)
	case "auth.refresh":
		account, failure := s.byToken(strings.TrimPrefix(text(params, "refresh_token"), "refresh-"))
		if failure != nil {
			return nil, failure
		}
		return pair(account.token), nil
	}
	return s.answerTo(method, params)
}

// answerTo answers what is asked by somebody who is signed in.
func (s *Stub) answerTo(method string, params map[string]any) (any, *mvpauth.Error) {
	switch method {
	case "user.get_current_user", "token.verify", "auth.logout", "auth.logout_all", "session.list", "session.revoke":
	case "system.ping":
		return map[string]any{"pong": true}, nil
	default:
		return map[string]any{"message": "Done."}, nil
	}
	account, failure := s.caller(params)
	if failure != nil {
		return nil, failure
	}
	now := time.Now()
	switch method {
	case "user.get_current_user":
		return account.user, nil
	case "token.verify":
		return mvpauth.TokenPayload{
			Sub: account.user.ID, JTI: "jti-" + account.token, Type: "access", SessionID: account.sessionID,
			Iat: now.Unix(), Exp: now.Unix() + 900,
		}, nil
	case "auth.logout":
		account.isRevoked = true
		return map[string]any{"message": "Logged out."}, nil
	case "auth.logout_all":
		count := 0
		for _, other := range s.accounts {
			if other.user.ID == account.user.ID && !other.isRevoked {
				other.isRevoked = true
				count++
			}
		}
		return map[string]any{"message": fmt.Sprintf("Revoked %d session(s).", count), "revoked": count}, nil
	case "session.list":
		return []mvpauth.Session{{
			ID: account.sessionID, CreatedAt: now, ExpiresAt: now, LastUsedAt: now, Current: true,
		}}, nil
	}
	if text(params, "session_id") != account.sessionID {
		return nil, refusal(mvpauth.SessionNotFound, 40402)
	}
	account.isRevoked = true
	return map[string]any{"message": "Session revoked."}, nil
}

func (s *Stub) add(token, email string) *account {
	number := len(s.accounts) + 1
	now := time.Now().UTC().Truncate(time.Second)
	added := &account{
		token:     token,
		sessionID: fmt.Sprintf("00000000-0000-4000-9000-%012d", number),
		user: &mvpauth.User{
			ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", number), Email: email,
			IsActive: true, IsVerified: true, CreatedAt: now, UpdatedAt: now,
		},
	}
	s.accounts = append(s.accounts, added)
	return added
}

func (s *Stub) byEmail(email string) *account {
	for _, account := range s.accounts {
		if account.user.Email == email {
			return account
		}
	}
	return nil
}

func (s *Stub) byToken(token string) (*account, *mvpauth.Error) {
	for _, account := range s.accounts {
		switch {
		case account.token != token:
		case account.isRevoked:
			return nil, refusal(mvpauth.TokenRevoked, 40104)
		default:
			return account, nil
		}
	}
	return nil, refusal(mvpauth.TokenInvalid, 40103)
}

// caller is whom a call is about.
func (s *Stub) caller(params map[string]any) (*account, *mvpauth.Error) {
	if id := text(params, "user_id"); id != "" {
		for _, account := range s.accounts {
			if account.user.ID == id {
				return account, nil
			}
		}
		return nil, refusal(mvpauth.UserNotFound, 40401)
	}
	if token := text(params, "refresh_token"); token != "" {
		return s.byToken(strings.TrimPrefix(token, "refresh-"))
	}
	return s.byToken(text(params, "access_token"))
}

func text(params map[string]any, name string) string {
	value, _ := params[name].(string)
	return value
}

func pair(token string) map[string]any {
	return map[string]any{
		"access_token": token, "refresh_token": "refresh-" + token, "token_type": "bearer", "expires_in": 900,
	}
}

func refusal(code mvpauth.Code, number int) *mvpauth.Error {
	return &mvpauth.Error{Code: code, Number: number, Message: string(code)}
}

// wire is an error as the daemon would write it.
func wire(failure *mvpauth.Error) map[string]any {
	data := map[string]any{"code": failure.Code, "retryable": failure.Retryable, "executed": failure.Executed}
	if failure.RetryAfter > 0 {
		data["retry_after_ms"] = failure.RetryAfter.Milliseconds()
	}
	if len(failure.Fields) > 0 {
		data["fields"] = failure.Fields
	}
	if failure.RequestID != "" {
		data["request_id"] = failure.RequestID
	}
	number := failure.Number
	if number == 0 {
		number = failure.HTTPStatus() * 100
	}
	return map[string]any{"code": number, "message": failure.Message, "data": data}
}
