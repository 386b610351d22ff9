package mvpauth_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"example.org/mvp-auth/clients/go/internal/fake"
	"example.org/mvp-auth/clients/go/mvpauth"
	"example.org/mvp-auth/clients/go/mvpauthtest"
)

const password = "correct horse battery"

var ctx = context.Background()

// long is for calls of which a test does not expect that they take any time: no test depends on a fast machine.
func long(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// startDaemon is a real daemon: the test is skipped where there is none, but in run-tests.
func startDaemon(t testing.TB, settings ...string) *mvpauthtest.Private {
	t.Helper()
	needDaemon(t)
	return mvpauthtest.Daemon(t, settings...)
}

func needDaemon(t testing.TB) {
	t.Helper()
	if _, err := mvpauthtest.Find(); err != nil && os.Getenv("MVPAUTH_TEST_REQUIRES_DAEMON") == "" {
		t.Skip(err)
	}
}

// startFake serves the protocol by a function, and gives a client of it.
func startFake(t testing.TB, serve func(*fake.Peer)) (*fake.Server, *mvpauth.Client) {
	t.Helper()
	server, err := fake.Start(serve)
	if err != nil {
		t.Fatal(err)
	}
	client := &mvpauth.Client{Socket: server.Path}
	t.Cleanup(func() {
		client.Close()
		server.Close()
	})
	return server, client
}

// answering answers every call.
func answering(peer *fake.Peer) {
	for call := peer.Read(); call != nil; call = peer.Read() {
		if call.ID != nil {
			peer.Reply(call, answer(call))
		}
	}
}

// silent reads and never answers.
func silent(peer *fake.Peer) {
	for peer.Read() != nil {
	}
}

func answer(call *fake.Call) any {
	switch call.Method {
	case "user.get_current_user":
		return map[string]any{
			"id": "5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10", "email": call.Param("access_token") + "@example.org",
			"is_active": true, "is_verified": false,
			"created_at": "2026-03-01T12:00:00Z", "updated_at": "2026-03-01T12:00:00Z",
		}
	case "token.verify":
		return map[string]any{"sub": call.Param("access_token"), "jti": "j", "type": "access", "iat": 1, "exp": 2}
	case "auth.login", "auth.refresh":
		return pairNamed("new")
	case "system.health":
		return map[string]any{"status": "ok", "store": "ok"}
	}
	return map[string]any{"pong": true}
}

func pairNamed(name string) map[string]any {
	return map[string]any{
		"access_token": "access-" + name, "refresh_token": "refresh-" + name, "token_type": "bearer", "expires_in": 900,
	}
}

// until waits for a condition.
func until(t testing.TB, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("in vain: %s", what)
		}
	}
}

// failure is the error as ours.
func failure(t testing.TB, err error) *mvpauth.Error {
	t.Helper()
	var failure *mvpauth.Error
	if !errors.As(err, &failure) {
		t.Fatalf("%v is no *mvpauth.Error", err)
	}
	return failure
}

func count(methods []string, method string) int {
	number := 0
	for _, other := range methods {
		if other == method {
			number++
		}
	}
	return number
}

// goroutines are those of this module besides the test's own, by their stacks.
func goroutines() []string {
	stacks := make([]byte, 1<<22)
	var ours []string
	for _, stack := range strings.Split(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
		if strings.Contains(stack, "/clients/go/mvpauth.") && !strings.Contains(stack, "testing.tRunner") {
			ours = append(ours, stack)
		}
	}
	return ours
}

// noGoroutines waits for the last instruction of those that have ended: Close returns when there is no other left.
func noGoroutines(t testing.TB) {
	t.Helper()
	until(t, "the goroutines are gone", func() bool { return len(goroutines()) == 0 })
}

func register(t testing.TB, client *mvpauth.Client, email string) *mvpauth.TokenPair {
	t.Helper()
	if _, err := client.Register(ctx, email, password); err != nil {
		t.Fatal(err)
	}
	pair, err := client.Login(ctx, email, password, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

func address(number int) string { return fmt.Sprintf("ada%d@example.org", number) }

func encoded(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}
