package mvpauth

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Run sends messages by the handler, as many at a time as the consumer takes, until the context is done or the
// consumer is closed; then it takes no more, waits for the handlers as long as the options say, and closes the
// consumer. The error is nil when the context ended it.
//
// A handler that returns nil has sent the message. Any other error delivers it again later, and tells operators the
// error's type, never its text, which may hold the token; [ErrDrop] gives the message up.
func (m *EmailConsumer) Run(ctx context.Context, handler func(ctx context.Context, email *Email) error) error {
	m.mu.Lock()
	m.isRunning = true
	m.mu.Unlock()
	// The handlers' context ends later than that of the caller.
	working, stop := context.WithCancel(withoutCancel{ctx})
	defer stop()
	var handlers sync.WaitGroup
	places := make(chan struct{}, m.options.Prefetch)
	var failure error
	for failure == nil {
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
			failure = left(ctx, false)
			continue
		}
		var email *Email
		if email, failure = m.Next(ctx); failure != nil {
			break
		}
		handlers.Add(1)
		go func() {
			defer handlers.Done()
			m.handle(working, email, handler)
			<-places
		}()
	}
	m.finish(&handlers, stop)
	if ctx.Err() != nil || m.stopping.Err() != nil {
		return nil
	}
	return failure
}

func (m *EmailConsumer) handle(ctx context.Context, email *Email, handler func(context.Context, *Email) error) {
	err := handler(ctx, email)
	// What the daemon does not hear of, it delivers again.
	switch {
	case err == nil:
		_ = email.Ack(ctx)
	case errors.Is(err, ErrDrop):
		_ = email.Drop(ctx, "")
	default:
		_ = email.Retry(ctx, 0, fmt.Sprintf("%T", err))
	}
}

// finish ends the subscription, waits for the handlers, and closes the consumer.
func (m *EmailConsumer) finish(handlers *sync.WaitGroup, stop context.CancelFunc) {
	grace, cancel := context.WithTimeout(context.Background(), m.options.Grace)
	defer cancel()
	m.unsubscribe(grace)
	done := make(chan struct{})
	go func() {
		handlers.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-grace.Done():
	}
	stop()
	m.Close()
	<-done
}

// unsubscribe has the daemon deliver no more. What waits here is delivered elsewhere.
func (m *EmailConsumer) unsubscribe(ctx context.Context) {
	m.mu.Lock()
	subscription := m.subscription
	m.mu.Unlock()
	m.forget()
	if subscription == "" {
		return
	}
	if request, err := newRequest(ctx, "hooks.unsubscribe", subscribed{subscription}, 0, "", nil); err == nil {
		_, _, _ = m.link.call(ctx, request, 1)
	}
}
