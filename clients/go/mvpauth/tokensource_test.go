package mvpauth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/mvp-auth/clients/go/internal/fake"
)

// A world is a source before a server, with a clock that the test moves.
type world struct {
	*TokenSource
	server *fake.Server
	mu     sync.Mutex
	offset time.Duration
}

func (w *world) pass(part float64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.offset += time.Duration(part * 900 * float64(time.Second))
}

func (w *world) refreshes() []fake.Call {
	var found []fake.Call
	for _, call := range w.server.Calls() {
		if call.Method == "auth.refresh" {
			found = append(found, call)
		}
	}
	return found
}

func pairOf(name string) *TokenPair {
	return &TokenPair{AccessToken: "access-" + name, RefreshToken: "refresh-" + name, TokenType: "bearer", ExpiresIn: 900}
}

// renewing answers each refresh with a new pair: r1, r2 and so on.
func renewing(peer *fake.Peer) {
	for call := peer.Read(); call != nil; call = peer.Read() {
		if call.Method == "auth.refresh" {
			number := 0
			for _, method := range peer.Server.Methods() {
				if method == "auth.refresh" {
					number++
				}
			}
			peer.Reply(call, pairOf(fmt.Sprintf("r%d", number)))
		}
	}
}

func newWorld(t *testing.T, serve func(*fake.Peer), options TokenSourceOptions) *world {
	t.Helper()
	server, err := fake.Start(serve)
	if err != nil {
		t.Fatal(err)
	}
	client := &Client{Socket: server.Path}
	w := &world{server: server}
	w.TokenSource = NewTokenSource(client, pairOf("first"), options)
	w.now = func() time.Time {
		w.mu.Lock()
		defer w.mu.Unlock()
		return time.Now().Add(w.offset)
	}
	t.Cleanup(func() {
		client.Close()
		server.Close()
	})
	return w
}

func (w *world) expect(t *testing.T, token string) {
	t.Helper()
	if got, err := w.AccessToken(context.Background()); err != nil || got != token {
		t.Errorf("%s, %v; not %s", got, err, token)
	}
}

func TestAYoungTokenIsGivenWithoutACall(t *testing.T) {
	w := newWorld(t, renewing, TokenSourceOptions{})
	w.expect(t, "access-first")
	w.pass(0.69)
	w.expect(t, "access-first")
	if len(w.server.Calls()) != 0 {
		t.Error("somebody has called")
	}
	w.pass(0.12)
	w.expect(t, "access-r1")
	w.pass(0.81)
	w.expect(t, "access-r2")
	calls := w.refreshes()
	if len(calls) != 2 || calls[1].Param("refresh_token") != "refresh-r1" || w.Pair().RefreshToken != "refresh-r2" ||
		calls[0].Meta.IdempotencyKey == calls[1].Meta.IdempotencyKey {
		t.Errorf("%v", calls)
	}
}

func TestTrap9FiftyWaitersShareOneRefreshAndACancelledOneDoesNotStopIt(t *testing.T) {
	proceed := make(chan struct{})
	w := newWorld(t, func(peer *fake.Peer) {
		call := peer.Read()
		<-proceed
		peer.Reply(call, pairOf("r1"))
		peer.Read()
	}, TokenSourceOptions{})
	w.pass(0.9)
	first, cancel := context.WithCancel(context.Background())
	results := make(chan error, 50)
	go func() { _, err := w.AccessToken(first); results <- err }()
	for len(w.server.Calls()) == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-results; !errors.Is(err, context.Canceled) || !errors.Is(err, Cancelled) {
		t.Error(err)
	}
	for i := 0; i < 49; i++ {
		go func() {
			token, err := w.AccessToken(context.Background())
			if err == nil && token != "access-r1" {
				err = errors.New("it is " + token)
			}
			results <- err
		}()
	}
	close(proceed)
	for i := 0; i < 49; i++ {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	for _, call := range w.server.Calls() {
		if call.Method == "system.cancel" {
			t.Error("the refresh was cancelled")
		}
	}
	if len(w.refreshes()) != 1 {
		t.Errorf("%d refreshes", len(w.refreshes()))
	}
}

func TestAPairIsSavedBeforeAnybodyGetsItsToken(t *testing.T) {
	type key struct{}
	var saved []string
	full := errors.New("the disk is full")
	fails := true
	w := newWorld(t, renewing, TokenSourceOptions{OnUpdate: func(ctx context.Context, pair *TokenPair) error {
		if _, has := ctx.Deadline(); has || ctx.Done() != nil || ctx.Value(key{}) != "mine" {
			t.Error("it is another context")
		}
		if fails {
			return full
		}
		saved = append(saved, pair.AccessToken)
		return nil
	}})
	w.pass(0.9)
	ctx, cancel := context.WithTimeout(context.WithValue(context.Background(), key{}, "mine"), time.Minute)
	defer cancel()
	for i := 0; i < 3; i++ {
		if _, err := w.AccessToken(ctx); !errors.Is(err, full) {
			t.Error(err)
		}
	}
	fails = false
	if token, err := w.AccessToken(ctx); err != nil || token != "access-r1" || len(saved) != 1 {
		t.Errorf("%s, %v, %v", token, err, saved)
	}
	if len(w.refreshes()) != 1 {
		t.Errorf("%d refreshes", len(w.refreshes()))
	}
}

func TestASessionThatIsOverIsLostOnce(t *testing.T) {
	for _, code := range []Code{TokenReuse, TokenRevoked, TokenExpired, TokenInvalid, UserInactive} {
		lost := 0
		w := newWorld(t, func(peer *fake.Peer) {
			for call := peer.Read(); call != nil; call = peer.Read() {
				peer.Fail(call, map[string]any{"code": 40104, "message": "No.", "data": map[string]any{"code": code}})
			}
		}, TokenSourceOptions{OnLost: func(_ context.Context, err *Error) {
			lost++
			if !errors.Is(err, code) {
				t.Error(err)
			}
		}})
		w.pass(0.9)
		for i := 0; i < 3; i++ {
			if _, err := w.AccessToken(context.Background()); !errors.Is(err, code) {
				t.Error(err)
			}
			if err := w.Refresh(context.Background()); !errors.Is(err, code) {
				t.Error(err)
			}
		}
		if lost != 1 || len(w.refreshes()) != 1 {
			t.Errorf("%s: lost %d times, %d refreshes", code, lost, len(w.refreshes()))
		}
	}
}

func TestARefreshThatFailsForAPassingReasonIsNotNoticedBeforeTheOldTokenHasExpired(t *testing.T) {
	w := newWorld(t, func(peer *fake.Peer) {
		for call := peer.Read(); call != nil; call = peer.Read() {
			peer.Fail(call, map[string]any{"code": -32010, "message": "No.", "data": map[string]any{
				"code": "STORAGE_UNAVAILABLE", "retryable": true, "executed": true,
			}})
		}
	}, TokenSourceOptions{})
	w.client.Attempts = 1
	w.pass(0.85)
	for i := 0; i < 20; i++ {
		w.expect(t, "access-first")
	}
	if len(w.refreshes()) != 1 {
		t.Errorf("%d refreshes: it hammers", len(w.refreshes()))
	}
	w.pass(0.05)
	w.expect(t, "access-first")
	calls := w.refreshes()
	if len(calls) != 2 || calls[0].Meta.IdempotencyKey != calls[1].Meta.IdempotencyKey {
		t.Errorf("another key for the same token: %v", calls)
	}
	w.pass(0.2)
	if _, err := w.AccessToken(context.Background()); !errors.Is(err, StorageUnavailable) {
		t.Error(err)
	}
}

func TestTrap22TimeIsThatOfTheMonotonicClock(t *testing.T) {
	source := NewTokenSource(new(Client), pairOf("first"), TokenSourceOptions{Age: time.Minute})
	for _, instant := range []time.Time{source.due, source.expiry} {
		if !strings.Contains(instant.String(), " m=") {
			t.Errorf("%s goes by the wall clock", instant)
		}
	}
	if left := time.Until(source.expiry); left > 14*time.Minute || left < 13*time.Minute {
		t.Errorf("%s are left", left)
	}
}

func TestARefreshThatIsForced(t *testing.T) {
	w := newWorld(t, renewing, TokenSourceOptions{})
	if err := w.Refresh(context.Background()); err != nil {
		t.Error(err)
	}
	w.expect(t, "access-r1")
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}

func TestProcessesThatShareAPairReadWhatTheOthersHaveStored(t *testing.T) {
	stored := pairOf("other")
	var order []string
	serve := func(isAlive bool) func(*fake.Peer) {
		return func(peer *fake.Peer) {
			for call := peer.Read(); call != nil; call = peer.Read() {
				switch {
				case call.Method == "auth.refresh":
					peer.Reply(call, pairOf("r1"))
				case isAlive:
					now := time.Now().Unix()
					peer.Reply(call, map[string]any{"sub": "a", "jti": "j", "type": "access", "iat": now, "exp": now + 900})
				default:
					peer.Fail(call, map[string]any{"code": 40102, "message": "Token has expired"})
				}
			}
		}
	}
	options := TokenSourceOptions{
		Lock: func(context.Context) (func(), error) {
			order = append(order, "lock")
			return func() { order = append(order, "unlock") }, nil
		},
		Load: func(context.Context) (*TokenPair, error) { order = append(order, "load"); return stored, nil },
	}
	w := newWorld(t, serve(true), options)
	w.pass(0.9)
	w.expect(t, "access-other")
	if len(w.refreshes()) != 0 || strings.Join(order, " ") != "lock load unlock" {
		t.Errorf("%d refreshes, %v", len(w.refreshes()), order)
	}
	w = newWorld(t, serve(false), options)
	w.pass(0.9)
	w.expect(t, "access-r1")
	if calls := w.refreshes(); len(calls) != 1 || calls[0].Param("refresh_token") != "refresh-other" {
		t.Errorf("%v", calls)
	}
	busy := errors.New("busy")
	options.Lock = func(context.Context) (func(), error) { return nil, busy }
	w = newWorld(t, serve(true), options)
	w.pass(0.9)
	if _, err := w.AccessToken(context.Background()); !errors.Is(err, busy) {
		t.Error(err)
	}
}
