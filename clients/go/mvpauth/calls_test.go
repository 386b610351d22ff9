package mvpauth_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/quick"
	"time"

	"example.org/mvp-auth/clients/go/internal/fake"
	"example.org/mvp-auth/clients/go/mvpauth"
)

func TestTrap2TheAnswerToACancelledCallReachesNobody(t *testing.T) {
	auth := startDaemon(t).Client()
	const users = 8
	var tokens []string
	for number := 0; number < users; number++ {
		tokens = append(tokens, register(t, auth, address(number)).AccessToken)
	}
	var callers sync.WaitGroup
	var answered, cancelled atomic.Int64
	for number := 0; number < users; number++ {
		number := number
		callers.Add(1)
		go func() {
			defer callers.Done()
			random := rand.New(rand.NewSource(int64(number)))
			for i := 0; i < 10_000/users; i++ {
				short, cancel := context.WithCancel(ctx)
				timer := time.AfterFunc(time.Duration(random.Intn(300))*time.Microsecond, cancel)
				user, err := auth.CurrentUser(short, mvpauth.AccessToken(tokens[number]))
				timer.Stop()
				cancel()
				switch {
				case err == nil && user.Email == address(number):
					answered.Add(1)
				case errors.Is(err, context.Canceled) && errors.Is(err, mvpauth.Cancelled):
					cancelled.Add(1)
				default:
					t.Errorf("%v, %v", user, err)
				}
			}
		}()
	}
	callers.Wait()
	if answered.Load() == 0 || cancelled.Load() == 0 {
		t.Errorf("%d answered, %d cancelled", answered.Load(), cancelled.Load())
	}
	if user, err := auth.CurrentUser(ctx, mvpauth.AccessToken(tokens[3])); err != nil || user.Email != address(3) {
		t.Errorf("%+v, %v", user, err)
	}
}

func TestACallThatIsCancelledAfterTheWriteIsToldToTheDaemon(t *testing.T) {
	server, auth := startFake(t, func(peer *fake.Peer) {
		first := peer.Read()
		if note := peer.Read(); note.Method != "system.cancel" || note.ID != nil ||
			`"`+note.Param("id")+`"` != string(first.ID) {
			t.Errorf("what came is %+v", note)
		}
		// The late answer, to nobody.
		peer.Reply(first, map[string]any{"message": "late"})
		answering(peer)
	})
	short, cancel := context.WithCancel(ctx)
	done := make(chan error)
	go func() { _, err := auth.Register(short, "ada@example.org", password); done <- err }()
	until(t, "the call is there", func() bool { return len(server.Methods()) == 1 })
	cancel()
	err := <-done
	said := failure(t, err)
	if said.Code != mvpauth.Cancelled || !said.Executed || !errors.Is(err, context.Canceled) || said.HTTPStatus() != 499 {
		t.Errorf("%+v", said)
	}
	if _, err := auth.Ping(long(t)); err != nil || server.Connections() != 1 {
		t.Errorf("%v, %d connections", err, server.Connections())
	}
}

func TestNothingIsSentForAContextThatIsOver(t *testing.T) {
	server, auth := startFake(t, answering)
	over, cancel := context.WithCancel(ctx)
	cancel()
	_, err := auth.Ping(over)
	if said := failure(t, err); said.Executed || !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	past, cancel := context.WithDeadline(ctx, time.Now().Add(-time.Second))
	defer cancel()
	_, err = auth.Ping(past)
	if said := failure(t, err); said.Executed || said.Code != mvpauth.DeadlineExceeded || !said.Timeout() {
		t.Error(err)
	}
	if server.Connections() != 0 {
		t.Error("somebody has connected")
	}
}

func TestTrap5AnAnswerMayBeLong(t *testing.T) {
	text := strings.Repeat("0123456789abcdef", 1<<16)
	server, auth := startFake(t, func(peer *fake.Peer) {
		for call := peer.Read(); call != nil; call = peer.Read() {
			peer.Reply(call, map[string]any{"text": text})
		}
	})
	for i := 0; i < 3; i++ {
		var said struct{ Text string }
		if err := auth.Call(long(t), "system.ping", nil, &said); err != nil || said.Text != text {
			t.Errorf("%d bytes, %v", len(said.Text), err)
		}
	}
	if server.Connections() != 1 {
		t.Error("the connection was lost")
	}
}

func TestTrap5AHundredSessions(t *testing.T) {
	auth := startDaemon(t).Client()
	pair := register(t, auth, "ada@example.org")
	for i := 1; i < 100; i++ {
		device := &mvpauth.Device{Info: fmt.Sprintf("%d %s", i, strings.Repeat("x", 600))}
		if _, err := auth.Login(ctx, "ada@example.org", password, device); err != nil {
			t.Fatal(err)
		}
	}
	sessions, err := auth.Sessions(ctx, mvpauth.AccessToken(pair.AccessToken))
	if err != nil || len(sessions) != 100 || len(encoded(sessions)) < 64*1024 {
		t.Errorf("%d sessions, %v", len(sessions), err)
	}
}

func TestTrap10ManyLoginsHoldUpNoVerify(t *testing.T) {
	server, auth := startFake(t, func(peer *fake.Peer) {
		for call := peer.Read(); call != nil; call = peer.Read() {
			if call.ID != nil && call.Method != "auth.login" {
				peer.Reply(call, answer(call))
			}
		}
	})
	hurried, cancel := context.WithCancel(ctx)
	var logins sync.WaitGroup
	for i := 0; i < 200; i++ {
		logins.Add(1)
		go func() { defer logins.Done(); auth.Login(hurried, "ada@example.org", password, nil) }()
	}
	until(t, "the lane is full", func() bool { return count(server.Methods(), "auth.login") >= 32 })
	for i := 0; i < 100; i++ {
		if _, err := auth.Verify(long(t), "a"); err != nil {
			t.Fatal(err)
		}
	}
	if logins := count(server.Methods(), "auth.login"); logins != 32 {
		t.Errorf("%d logins are in flight", logins)
	}
	cancel()
	logins.Wait()
	if logins := count(server.Methods(), "auth.login"); logins != 32 {
		t.Errorf("%d logins were sent for callers who had left", logins)
	}
}

func TestTrap10TheLaneAdvancesInOrder(t *testing.T) {
	server, auth := startFake(t, answering)
	var logins sync.WaitGroup
	for i := 0; i < 300; i++ {
		logins.Add(1)
		go func() {
			defer logins.Done()
			if _, err := auth.Login(long(t), "ada@example.org", password, nil); err != nil {
				t.Error(err)
			}
		}()
	}
	logins.Wait()
	if count(server.Methods(), "auth.login") != 300 {
		t.Error("a login was lost or made twice")
	}
}

func TestTrap11AnyTextArrivesAsItIsOrIsRefused(t *testing.T) {
	_, auth := startFake(t, func(peer *fake.Peer) {
		for call := peer.Read(); call != nil; call = peer.Read() {
			var params map[string]any
			json.Unmarshal(call.Params, &params)
			peer.Reply(call, map[string]any{"echo": params["text"]})
		}
	})
	check := func(raw []byte, text string) bool {
		for _, text := range []string{string(raw), text} {
			var said struct{ Echo string }
			err := auth.Call(long(t), "echo", map[string]any{"text": text}, &said)
			isFine := strings.ToValidUTF8(text, "\x00") == text && !strings.Contains(text, "\x00")
			if isFine != (err == nil) || err == nil && said.Echo != text {
				return false
			}
		}
		return true
	}
	if err := quick.Check(check, nil); err != nil {
		t.Error(err)
	}
}

func TestDeadlinesGoByTheCostOfTheMethod(t *testing.T) {
	server, auth := startFake(t, answering)
	auth.Traceparent = func(context.Context) string { return "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" }
	auth.Verify(ctx, "a")
	auth.Login(ctx, "ada@example.org", password, nil)
	minute, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	auth.Verify(minute, "a")
	endless := &mvpauth.Client{Socket: server.Path, Timeout: -1}
	defer endless.Close()
	endless.Verify(ctx, "a")
	calls := server.Calls()
	for i, most := range []int64{5_000, 15_000, 60_000} {
		left := calls[i].Meta.TimeoutMS
		if left == nil || *left > most || *left < most-4_000 {
			t.Errorf("%s has %v ms, not about %d", calls[i].Method, left, most)
		}
	}
	if calls[3].Meta.TimeoutMS != nil {
		t.Error("an endless call has an end")
	}
	if calls[0].Meta.Traceparent != auth.Traceparent(ctx) || calls[3].Meta.Traceparent != "" {
		t.Error("the trace is lost")
	}
}

func TestACallWhoseTimeIsOverLeavesTheConnection(t *testing.T) {
	server, auth := startFake(t, func(peer *fake.Peer) {
		peer.Read()
		answering(peer)
	})
	auth.Timeout = 50 * time.Millisecond
	_, err := auth.Ping(ctx)
	said := failure(t, err)
	if said.Code != mvpauth.DeadlineExceeded || !said.Executed || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%+v", said)
	}
	if _, err := auth.Ping(long(t)); err != nil || server.Connections() != 1 {
		t.Errorf("%v, %d connections", err, server.Connections())
	}
}

func TestObserveSeesEachCallOnce(t *testing.T) {
	_, auth := startFake(t, func(peer *fake.Peer) {
		if call := peer.Read(); peer.Number > 1 {
			peer.Reply(call, answer(call))
			answering(peer)
		}
	})
	var seen []mvpauth.Call
	type key struct{}
	auth.Observe = func(ctx context.Context, call mvpauth.Call) {
		if ctx.Value(key{}) == nil {
			t.Error("it is another context")
		}
		seen = append(seen, call)
	}
	mine := context.WithValue(ctx, key{}, true)
	auth.Ping(mine)
	auth.Register(mine, "\xff", password)
	if len(seen) != 2 || seen[0].Method != "system.ping" || seen[0].Attempts != 2 || seen[0].Err != nil ||
		seen[0].Duration <= 0 || !errors.Is(seen[1].Err, mvpauth.InvalidParams) || seen[1].Attempts != 0 {
		t.Errorf("%+v", seen)
	}
}

func TestALineThatTheDaemonWouldNotReadIsNotSent(t *testing.T) {
	server, auth := startFake(t, answering)
	_, err := auth.Verify(long(t), strings.Repeat("x", 64*1024))
	if said := failure(t, err); said.Code != mvpauth.MessageTooLarge || said.Executed {
		t.Error(err)
	}
	if len(server.Methods()) != 0 {
		t.Error("it was sent")
	}
}

func TestWhatIsSaidOfADeviceIsSent(t *testing.T) {
	var sent []*fake.Call
	_, auth := startFake(t, func(peer *fake.Peer) {
		for call := peer.Read(); call != nil; call = peer.Read() {
			sent = append(sent, call)
			peer.Reply(call, pairNamed("new"))
		}
	})
	device := &mvpauth.Device{Info: "Fire\tfox", IP: "fe80::1%eth0", Remember: true, Token: "known"}
	auth.Login(long(t), "ada@example.org", "x", device)
	auth.Login(long(t), "ada@example.org", "x", &mvpauth.Device{IP: "no address"})
	auth.Refresh(long(t), "x", device)
	auth.Register(long(t), "ada@example.org", "x", mvpauth.ClientIP("192.0.2.1"))
	auth.Register(long(t), "ada@example.org", "x", mvpauth.ClientIP("no address"))
	auth.Close()
	for i, expected := range []string{
		`{"email":"ada@example.org","password":"x","remember_device":true,"device_token":"known","device_info":"Firefox","ip_address":"fe80::1"}`,
		`{"email":"ada@example.org","password":"x"}`,
		`{"refresh_token":"x","device_info":"Firefox","ip_address":"fe80::1"}`,
		`{"email":"ada@example.org","password":"x","ip_address":"192.0.2.1"}`,
		`{"email":"ada@example.org","password":"x"}`,
	} {
		if len(sent) <= i || string(sent[i].Params) != expected {
			t.Errorf("not %s", expected)
		}
	}
	if _, err := auth.Verify(long(t), "a", mvpauth.ClientIP("192.0.2.1")); !errors.Is(err, mvpauth.InvalidParams) {
		t.Error(err)
	}
}

func TestAWrongActorIsRefusedBeforeSending(t *testing.T) {
	server, auth := startFake(t, answering)
	for _, who := range []mvpauth.Actor{{}, mvpauth.RefreshToken("r")} {
		if _, err := auth.CurrentUser(ctx, who); !errors.Is(err, mvpauth.InvalidParams) {
			t.Error(err)
		}
	}
	if len(server.Methods()) != 0 {
		t.Error("it was sent")
	}
}

func TestAnAnswerThatDoesNotFitIsTheDaemonsMistake(t *testing.T) {
	for _, result := range []string{`{}`, `[]`, `null`, `{"id":7}`, `"x"`} {
		_, auth := startFake(t, func(peer *fake.Peer) {
			for call := peer.Read(); call != nil; call = peer.Read() {
				peer.Reply(call, json.RawMessage(result))
			}
		})
		user, err := auth.CurrentUser(long(t), mvpauth.AccessToken("a"))
		if said := failure(t, err); user != nil || said.Code != mvpauth.ProtocolError || said.HTTPStatus() != 500 {
			t.Errorf("%s: %v, %v", result, user, err)
		}
		if _, err := auth.Sessions(long(t), mvpauth.AccessToken("a")); result != "[]" && result != "null" &&
			!errors.Is(err, mvpauth.ProtocolError) {
			t.Errorf("%s: %v", result, err)
		}
	}
}
