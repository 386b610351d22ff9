package mvpauth

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"
)

// EmailOptions say which messages are taken and how many at a time. The zero value takes all.
type EmailOptions struct {
	// Events are verification_email and password_reset_email; nil is both.
	Events []string
	// Prefetch is how many messages may be unsettled, 1 to 100; 0 is 10.
	Prefetch int
	// AckTimeout is after how long a message that is not settled is delivered again, 1 s to 10 min; 0 is 30 s.
	AckTimeout time.Duration
	// Grace is how long [EmailConsumer.Run] waits for its handlers at the end; 0 is 10 s.
	Grace time.Duration
}

const (
	usualPrefetch   = 10
	usualAckTimeout = 30 * time.Second
	usualGrace      = 10 * time.Second
	// remembered is of how many settled messages the ids are kept.
	remembered = 1024
)

// An EmailConsumer takes messages from the daemon on a connection of its own, and subscribes again when that was
// lost. Each message comes at least once, and once to this process as long as it lives: one that was settled and is
// delivered again, because the daemon did not hear of it, is settled again by itself. Several consumers share the
// work.
type EmailConsumer struct {
	options EmailOptions
	link    *link
	// stopping is done when no more messages are taken; the rest ends with cancel, for what is still being sent.
	stopping context.Context
	cancel   context.CancelFunc
	// ended is closed when the consumer's goroutines are gone.
	ended chan struct{}
	// arrived has something when a message has come.
	arrived chan struct{}

	mu sync.Mutex
	// subscription is the one on the connection of this moment; empty when there is none.
	subscription string
	waiting      []*Email
	// unsettled are the messages that wait or are being sent.
	unsettled map[string]bool
	settled   map[string]settlement
	order     []string
	failure   *Error
	isRunning bool
}

// A settlement is what hooks.ack is told.
type settlement struct {
	DeliveryID string `json:"delivery_id"`
	Status     string `json:"status"`
	DelayMS    int64  `json:"delay_ms,omitempty"`
	Reason     string `json:"reason,omitempty"`
}

// Emails subscribes to the messages that the application is to send, until the context is done or the consumer is
// closed; closing the client does not close it. The process needs the role "hooks"; without it [EmailConsumer.Next]
// says so. Options may be nil.
func (c *Client) Emails(ctx context.Context, options *EmailOptions) *EmailConsumer {
	c.start()
	m := &EmailConsumer{
		link:      c.newLink("The consumer", []string{"hooks"}),
		ended:     make(chan struct{}),
		arrived:   make(chan struct{}, 1),
		unsettled: make(map[string]bool),
		settled:   make(map[string]settlement),
	}
	if options != nil {
		m.options = *options
	}
	if m.options.Prefetch == 0 {
		m.options.Prefetch = usualPrefetch
	}
	if m.options.AckTimeout == 0 {
		m.options.AckTimeout = usualAckTimeout
	}
	if m.options.Grace == 0 {
		m.options.Grace = usualGrace
	}
	m.link.notify = m.hear
	m.stopping = ctx
	ctx, m.cancel = context.WithCancel(withoutCancel{ctx})
	go m.subscribe(ctx)
	return m
}

// Next is the next message. It waits for one, over any number of lost connections.
func (m *EmailConsumer) Next(ctx context.Context) (*Email, error) {
	for {
		if email, err := m.take(); email != nil || err != nil {
			return email, err
		}
		select {
		case <-m.arrived:
		case <-m.stopping.Done():
		case <-m.ended:
		case <-ctx.Done():
			return nil, left(ctx, false)
		}
	}
}

// take is the message that has waited longest; nil when there is none.
func (m *EmailConsumer) take() (*Email, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failure != nil {
		return nil, m.failure
	}
	if m.stopping.Err() != nil {
		return nil, closed(m.link.name).because(m.stopping.Err())
	}
	if len(m.waiting) == 0 {
		return nil, nil
	}
	email := m.waiting[0]
	m.waiting = m.waiting[1:]
	if len(m.waiting) > 0 {
		// For another one who waits.
		signal(m.arrived)
	}
	return email, nil
}

// Close ends the subscription. What was not settled is delivered again, here or elsewhere. When it returns the
// consumer's goroutines are gone.
func (m *EmailConsumer) Close() error {
	m.cancel()
	<-m.ended
	return nil
}

// subscribe is the consumer's goroutine: it keeps a subscription alive as long as the consumer lives.
func (m *EmailConsumer) subscribe(ctx context.Context) {
	failure := closed(m.link.name)
	for failures := 0; !m.isOver(ctx); failures++ {
		c, err := m.subscribeOnce(ctx)
		if err == nil {
			failures = 0
			select {
			case <-c.quit:
			case <-m.stopping.Done():
			case <-ctx.Done():
			}
			if m.isOver(ctx) {
				break
			}
			<-c.quit
			m.forget()
		}
		var said *Error
		if errors.As(err, &said) && !said.Retryable && said.Code != Cancelled {
			failure = said
			break
		}
		sleep(ctx, backoff(failures))
	}
	m.cancel()
	m.mu.Lock()
	m.failure, m.waiting = failure, nil
	m.mu.Unlock()
	m.link.close()
	close(m.ended)
}

// isOver reports whether the consumer is to end. After its context that is for Run to say, if that is running.
func (m *EmailConsumer) isOver(ctx context.Context) bool {
	if ctx.Err() != nil {
		return true
	}
	m.mu.Lock()
	isRunning := m.isRunning
	m.mu.Unlock()
	if m.stopping.Err() == nil {
		return false
	}
	if isRunning {
		<-ctx.Done()
	}
	return true
}

// forget gives up what waits here: the daemon delivers it again, to whoever subscribes.
func (m *EmailConsumer) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.subscription = ""
	for _, email := range m.waiting {
		delete(m.unsettled, email.DeliveryID)
	}
	m.waiting = nil
}

// subscribeOnce subscribes, and says on which connection.
func (m *EmailConsumer) subscribeOnce(ctx context.Context) (*conn, error) {
	request, err := newRequest(ctx, "hooks.subscribe", struct {
		Events       []string `json:"events,omitempty"`
		Prefetch     int      `json:"prefetch"`
		AckTimeoutMS int64    `json:"ack_timeout_ms"`
	}{m.options.Events, m.options.Prefetch, m.options.AckTimeout.Milliseconds()}, 0, "", nil)
	if err != nil {
		return nil, err
	}
	c, err := m.link.connection(ctx, request.deadline)
	if err != nil {
		return nil, err
	}
	raw, err := c.call(ctx, request)
	if err != nil {
		return nil, err
	}
	var said subscribed
	if err := decode(raw, &said); err != nil {
		return nil, err
	}
	m.mu.Lock()
	m.subscription = said.Subscription
	m.mu.Unlock()
	return c, nil
}

// subscribed is what the daemon calls a subscription: it answers with it, and each email names it.
type subscribed struct {
	Subscription string `json:"subscription"`
}

// hear takes what the daemon says, on the reader's goroutine.
func (m *EmailConsumer) hear(method string, params json.RawMessage) {
	if method != "hooks.event" {
		return
	}
	email := &Email{consumer: m}
	if json.Unmarshal(params, email) != nil || email.DeliveryID == "" {
		return
	}
	var said subscribed
	_ = json.Unmarshal(params, &said)
	m.mu.Lock()
	// An email may be handled before the answer that came ahead of it has been noted.
	if m.subscription == "" {
		m.subscription = said.Subscription
	}
	settled, isSettled := m.settled[email.DeliveryID]
	// One that is still being sent here is not sent twice.
	if !isSettled && !m.unsettled[email.DeliveryID] {
		m.unsettled[email.DeliveryID] = true
		m.waiting = append(m.waiting, email)
		signal(m.arrived)
	}
	m.mu.Unlock()
	if isSettled {
		m.settleAgain(settled)
	}
}

// settle tells the daemon what became of a message.
func (m *EmailConsumer) settle(ctx context.Context, id string, s settlement) error {
	s.DeliveryID = id
	m.mu.Lock()
	delete(m.unsettled, id)
	if s.Status != "retry" {
		// Remembered also if the daemon does not hear of it: it was sent.
		m.remember(s)
	}
	m.mu.Unlock()
	request, err := newRequest(ctx, "hooks.ack", s, 0, "", nil)
	if err != nil {
		return err
	}
	// What was settled before is stale, and no error.
	request.repeatable = true
	_, _, err = m.link.call(ctx, request, attempts)
	return err
}

// settleAgain does so without waiting for the answer: the reader calls it.
func (m *EmailConsumer) settleAgain(s settlement) {
	request, err := newRequest(context.Background(), "hooks.ack", s, 0, "", nil)
	if err != nil {
		return
	}
	m.link.mu.Lock()
	ready := m.link.ready
	m.link.mu.Unlock()
	if ready != nil {
		_, _ = ready.submit(request)
	}
}

// remember keeps what was settled last. The lock is held.
func (m *EmailConsumer) remember(s settlement) {
	if _, isKnown := m.settled[s.DeliveryID]; !isKnown {
		m.order = append(m.order, s.DeliveryID)
	}
	m.settled[s.DeliveryID] = s
	if len(m.order) > remembered {
		delete(m.settled, m.order[0])
		m.order = append([]string(nil), m.order[1:]...)
	}
}

// signal wakes one who waits for the channel.
func signal(channel chan struct{}) {
	select {
	case channel <- struct{}{}:
	default:
	}
}
