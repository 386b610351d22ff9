package mvpauth_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/mvp-auth/clients/go/internal/fake"
	"example.org/mvp-auth/clients/go/mvpauth"
)

// An outbox is a daemon's, as far as a consumer sees it.
type outbox struct {
	*fake.Server
	t *testing.T

	mu sync.Mutex
	// subscribers are the connections with a subscription.
	subscribers map[*fake.Peer]bool
	acks        []map[string]any
	// deaf has it hang up at the next ack instead of hearing it.
	deaf bool
	// refuses is the error with which it answers subscriptions.
	refuses map[string]any
}

func startOutbox(t *testing.T) (*outbox, *mvpauth.Client) {
	t.Helper()
	box := &outbox{t: t, subscribers: map[*fake.Peer]bool{}}
	server, auth := startFake(t, box.serve)
	box.Server = server
	return box, auth
}

func (b *outbox) serve(peer *fake.Peer) {
	defer func() {
		b.mu.Lock()
		delete(b.subscribers, peer)
		b.mu.Unlock()
	}()
	for call := peer.Read(); call != nil; call = peer.Read() {
		if !b.answer(peer, call) {
			return
		}
	}
}

func (b *outbox) answer(peer *fake.Peer, call *fake.Call) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch call.Method {
	case "hooks.subscribe":
		if b.refuses != nil {
			peer.Fail(call, b.refuses)
			return true
		}
		peer.Reply(call, map[string]any{"subscription": fmt.Sprintf("s%d", peer.Number)})
		b.subscribers[peer] = true
	case "hooks.unsubscribe":
		delete(b.subscribers, peer)
		peer.Reply(call, map[string]any{})
	case "hooks.ack":
		if b.deaf {
			b.deaf = false
			return false
		}
		var ack map[string]any
		json.Unmarshal(call.Params, &ack)
		b.acks = append(b.acks, ack)
		peer.Reply(call, map[string]any{"stale": len(b.acks) > 1})
	default:
		peer.Reply(call, answer(call))
	}
	return true
}

// deliver sends a message to a subscriber.
func (b *outbox) deliver(id string, attempt int) {
	b.t.Helper()
	until(b.t, "somebody subscribes", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		for peer := range b.subscribers {
			peer.Notify("hooks.event", map[string]any{
				"subscription": "s", "delivery_id": id, "attempt": attempt, "event": "verification_email",
				"email": id + "@example.org", "token": "token-" + id, "user_id": "u", "added_later": 1,
				"created_at": "2026-03-01T12:00:00Z", "expires_at": "2026-03-02T12:00:00Z",
			})
			return true
		}
		return false
	})
}

func (b *outbox) settled() []map[string]any {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]map[string]any(nil), b.acks...)
}

func TestTrap23AMessageIsTakenAndSettled(t *testing.T) {
	box, auth := startOutbox(t)
	consumer := auth.Emails(ctx, &mvpauth.EmailOptions{Events: []string{"verification_email"}, Prefetch: 3})
	defer consumer.Close()
	for _, id := range []string{"a", "b", "c"} {
		box.deliver(id, 1)
	}
	email := next(t, consumer, "a")
	if email.Event != "verification_email" || email.Token != "token-a" || email.UserID != "u" || email.Attempt != 1 ||
		email.ExpiresAt.Sub(email.CreatedAt) != 24*time.Hour {
		t.Errorf("%s of %s", email, email.Email)
	}
	if err := email.Ack(long(t)); err != nil {
		t.Error(err)
	}
	if err := next(t, consumer, "b").Retry(long(t), 1500*time.Millisecond, "the relay is away"); err != nil {
		t.Error(err)
	}
	if err := next(t, consumer, "c").Drop(long(t), ""); err != nil {
		t.Error(err)
	}
	want := `[{"delivery_id":"a","status":"success"},` +
		`{"delay_ms":1500,"delivery_id":"b","reason":"the relay is away","status":"retry"},` +
		`{"delivery_id":"c","status":"drop"}]`
	if got := encoded(box.settled()); got != want {
		t.Errorf("%s", got)
	}
	if call := box.Calls()[0]; string(call.Params) != `{"events":["verification_email"],"prefetch":3,"ack_timeout_ms":30000}` {
		t.Errorf("%s", call.Params)
	}
	// After a retry the message comes again.
	box.deliver("b", 2)
	if email := next(t, consumer, "b"); email.Attempt != 2 {
		t.Errorf("%s", email)
	}
}

func next(t *testing.T, consumer *mvpauth.EmailConsumer, id string) *mvpauth.Email {
	t.Helper()
	email, err := consumer.Next(long(t))
	if err != nil || email.DeliveryID != id {
		t.Fatalf("%v, %v; not %s", email, err, id)
	}
	return email
}

func TestTrap23TheConsumerHasAConnectionAndARoleOfItsOwn(t *testing.T) {
	said := make(chan string, 2)
	_, auth := startFake(t, func(peer *fake.Peer) {
		peer.Greets = false
		hello := peer.Read()
		var params struct{ Roles []string }
		json.Unmarshal(hello.Params, &params)
		said <- fmt.Sprint(params.Roles)
		peer.Reply(hello, json.RawMessage(fake.Hello))
		for call := peer.Read(); call != nil; call = peer.Read() {
			peer.Reply(call, map[string]any{"subscription": "s", "pong": true})
		}
	})
	if _, err := auth.Ping(long(t)); err != nil {
		t.Fatal(err)
	}
	consumer := auth.Emails(ctx, nil)
	defer consumer.Close()
	if first, second := <-said, <-said; first != "[client trusted admin]" || second != "[hooks]" {
		t.Errorf("%s, %s", first, second)
	}
}

func TestTrap23AMessageWhoseSettlementWasLostIsNotSentTwice(t *testing.T) {
	box, auth := startOutbox(t)
	consumer := auth.Emails(ctx, nil)
	defer consumer.Close()
	box.deliver("a", 1)
	email := next(t, consumer, "a")
	// Delivered again while it is still being sent, here and on another connection.
	box.deliver("a", 2)
	box.mu.Lock()
	box.deaf = true
	box.mu.Unlock()
	if err := email.Ack(long(t)); err != nil {
		t.Error(err)
	}
	box.deliver("a", 3)
	until(t, "it is settled again", func() bool { return len(box.settled()) >= 2 })
	box.deliver("b", 1)
	next(t, consumer, "b")
	for _, ack := range box.settled() {
		if ack["delivery_id"] != "a" || ack["status"] != "success" {
			t.Errorf("%v", ack)
		}
	}
}

func TestTrap23ALostConnectionIsSubscribedAgain(t *testing.T) {
	box, auth := startOutbox(t)
	consumer := auth.Emails(ctx, nil)
	defer consumer.Close()
	for i := 0; i < 5; i++ {
		id := fmt.Sprintf("m%d", i)
		box.deliver(id, 1)
		if err := next(t, consumer, id).Ack(long(t)); err != nil {
			t.Error(err)
		}
		box.mu.Lock()
		for peer := range box.subscribers {
			peer.HangUp()
		}
		box.subscribers = map[*fake.Peer]bool{}
		box.mu.Unlock()
	}
	if len(box.settled()) != 5 {
		t.Errorf("%v", box.settled())
	}
}

func TestTrap23WithoutTheRoleThereIsOneClearError(t *testing.T) {
	box, auth := startOutbox(t)
	box.refuses = map[string]any{
		"code": -32005, "message": "The role hooks is needed.",
		"data": map[string]any{"code": "PERMISSION_DENIED", "retryable": false, "executed": false},
	}
	consumer := auth.Emails(ctx, nil)
	for i := 0; i < 3; i++ {
		if _, err := consumer.Next(long(t)); !errors.Is(err, mvpauth.PermissionDenied) {
			t.Error(err)
		}
	}
	if methods := box.Methods(); len(methods) != 1 {
		t.Errorf("it asks again: %v", methods)
	}
	consumer.Close()
	if _, err := auth.Ping(long(t)); err != nil {
		t.Error(err)
	}
}

func TestTrap23HandlersSettleByWhatTheyReturn(t *testing.T) {
	box, auth := startOutbox(t)
	running, stop := context.WithCancel(ctx)
	consumer := auth.Emails(running, &mvpauth.EmailOptions{Prefetch: 4})
	var most, now atomic.Int64
	ended := make(chan error, 1)
	together := make(chan struct{})
	go func() {
		ended <- consumer.Run(running, func(ctx context.Context, email *mvpauth.Email) error {
			if count := now.Add(1); count == 3 {
				most.Store(count)
				close(together)
			}
			// All three at the same time.
			<-together
			defer now.Add(-1)
			switch email.DeliveryID {
			case "bad":
				return fmt.Errorf("no such mailbox: %w", mvpauth.ErrDrop)
			case "later":
				return &secretError{email.Token}
			}
			return nil
		})
	}()
	for _, id := range []string{"good", "bad", "later"} {
		box.deliver(id, 1)
	}
	until(t, "all are settled", func() bool { return len(box.settled()) == 3 })
	got := map[any]any{}
	for _, ack := range box.settled() {
		got[ack["delivery_id"]] = fmt.Sprint(ack["status"], " ", ack["reason"])
	}
	if got["good"] != "success <nil>" || got["bad"] != "drop <nil>" || got["later"] != "retry *mvpauth_test.secretError" {
		t.Errorf("%v", got)
	}
	if most.Load() != 3 {
		t.Error("they do not run at the same time")
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	noGoroutines(t)
}

type secretError struct{ token string }

func (e *secretError) Error() string { return "could not send " + e.token }

func TestTrap23AtTheEndHandlersFinishAndSettle(t *testing.T) {
	box, auth := startOutbox(t)
	running, stop := context.WithCancel(ctx)
	begun, proceed := make(chan struct{}), make(chan struct{})
	ended := make(chan error, 1)
	// The same context for both: what is being sent is settled all the same.
	go func() {
		ended <- auth.Emails(running, nil).Run(running, func(ctx context.Context, _ *mvpauth.Email) error {
			close(begun)
			<-proceed
			return ctx.Err()
		})
	}()
	box.deliver("a", 1)
	<-begun
	stop()
	until(t, "it has unsubscribed", func() bool { return count(box.Methods(), "hooks.unsubscribe") == 1 })
	close(proceed)
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if acks := encoded(box.settled()); acks != `[{"delivery_id":"a","status":"success"}]` {
		t.Error(acks)
	}
}

func TestTrap23AHandlerThatDoesNotEndIsCancelledAfterTheGrace(t *testing.T) {
	box, auth := startOutbox(t)
	running, stop := context.WithCancel(ctx)
	begun := make(chan struct{})
	ended := make(chan error, 1)
	consumer := auth.Emails(ctx, &mvpauth.EmailOptions{Grace: 20 * time.Millisecond})
	go func() {
		ended <- consumer.Run(running, func(ctx context.Context, _ *mvpauth.Email) error {
			close(begun)
			<-ctx.Done()
			return ctx.Err()
		})
	}()
	box.deliver("a", 1)
	<-begun
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestTrap23AClosedConsumerIsClosed(t *testing.T) {
	box, auth := startOutbox(t)
	consumer := auth.Emails(ctx, nil)
	box.deliver("a", 1)
	email := next(t, consumer, "a")
	waiting := make(chan error, 1)
	go func() { _, err := consumer.Next(long(t)); waiting <- err }()
	consumer.Close()
	consumer.Close()
	if said := failure(t, <-waiting); said.Code != mvpauth.Unavailable {
		t.Error(said)
	}
	if said := failure(t, email.Ack(long(t))); said.Code != mvpauth.Unavailable || said.Executed {
		t.Error(said)
	}
	noGoroutines(t)
	short, cancel := context.WithCancel(ctx)
	cancel()
	over := auth.Emails(short, nil)
	if _, err := over.Next(long(t)); !errors.Is(err, context.Canceled) && !errors.Is(err, mvpauth.Unavailable) {
		t.Error(err)
	}
	over.Close()
}
