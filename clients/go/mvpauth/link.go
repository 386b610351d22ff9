package mvpauth

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"sync"
	"time"
)

// A link is the way to the daemon: it connects when somebody wants to call, and again when the connection was lost.
// There is one attempt at a time, and none while nobody waits.
type link struct {
	// name is what has been closed when it has: "The client".
	name string
	// dial connects; what it answers is final unless it is retryable.
	dial   func(context.Context) (net.Conn, *Error)
	hello  func() *request
	notify func(method string, params json.RawMessage)

	mu       sync.Mutex
	ready    *conn
	conns    map[*conn]struct{}
	attempt  *attempt
	isClosed bool
	// goroutines are those of the connections and of the attempt.
	goroutines sync.WaitGroup
}

// An attempt is the endeavour to get a connection, for all who wait for one.
type attempt struct {
	cancel  context.CancelFunc
	waiters int
	// last is what went wrong so far.
	last *Error
	// done is closed when there is a connection or a final failure.
	done    chan struct{}
	conn    *conn
	failure *Error
}

// connection gives the connection, once the daemon has answered its hello.
func (l *link) connection(ctx context.Context, deadline time.Time) (*conn, error) {
	l.mu.Lock()
	if l.isClosed {
		l.mu.Unlock()
		return nil, closed(l.name)
	}
	if ready := l.ready; ready != nil {
		l.mu.Unlock()
		return ready, nil
	}
	a := l.join()
	l.mu.Unlock()

	var expired <-chan time.Time
	if _, has := ctx.Deadline(); !has && !deadline.IsZero() {
		timer := time.NewTimer(time.Until(deadline))
		defer timer.Stop()
		expired = timer.C
	}
	select {
	case <-a.done:
	case <-ctx.Done():
	case <-expired:
	}
	return l.part(ctx, a)
}

// join adds somebody who waits to the attempt, which begins with the first. The lock is held.
func (l *link) join() *attempt {
	if l.attempt == nil {
		ctx, cancel := context.WithCancel(context.Background())
		l.attempt = &attempt{cancel: cancel, done: make(chan struct{})}
		l.goroutines.Add(1)
		go l.connect(ctx, l.attempt)
	}
	l.attempt.waiters++
	return l.attempt
}

// part gives somebody who waited what there is: the connection, or why there is none.
func (l *link) part(ctx context.Context, a *attempt) (*conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a.waiters--
	select {
	case <-a.done:
		if a.failure != nil {
			return nil, a.failure.because(a.failure.cause)
		}
		return a.conn, nil
	default:
	}
	if a.waiters == 0 && l.attempt == a {
		l.attempt = nil
		a.cancel()
	}
	failure := left(ctx, false)
	if a.last != nil && failure.Code == DeadlineExceeded {
		// It says more than that time has passed.
		return nil, a.last.because(failure.cause)
	}
	return nil, failure
}

// connect is the goroutine of an attempt.
func (l *link) connect(ctx context.Context, a *attempt) {
	defer l.goroutines.Done()
	defer a.cancel()
	for failures := 0; ; failures++ {
		c, failure := l.connectOnce(ctx)
		if failure != nil && failure.Retryable {
			l.mu.Lock()
			a.last = failure
			l.mu.Unlock()
			if sleep(ctx, backoff(failures)) {
				continue
			}
		}
		l.finish(a, c, failure)
		return
	}
}

func (l *link) finish(a *attempt, c *conn, failure *Error) {
	l.mu.Lock()
	if l.isClosed {
		failure = closed(l.name)
	}
	isWanted := l.attempt == a
	if isWanted {
		l.attempt = nil
		if c != nil && !c.takesNoMore() {
			l.ready = c
		}
	}
	a.conn, a.failure = c, failure
	close(a.done)
	l.mu.Unlock()
	if c != nil && !isWanted {
		c.end(nil)
	}
}

// connectOnce connects and says hello.
func (l *link) connectOnce(ctx context.Context) (*conn, *Error) {
	socket, failure := l.dial(ctx)
	if failure != nil {
		return nil, failure
	}
	c := newConn(socket)
	c.notify = l.notify
	c.onRetire = l.forget
	c.onEnd = l.ended
	l.mu.Lock()
	if l.isClosed {
		l.mu.Unlock()
		socket.Close()
		return nil, closed(l.name)
	}
	if l.conns == nil {
		l.conns = make(map[*conn]struct{})
	}
	l.conns[c] = struct{}{}
	l.goroutines.Add(2)
	l.mu.Unlock()
	go func() { defer l.goroutines.Done(); c.read() }()
	go func() { defer l.goroutines.Done(); c.write() }()

	if err := c.greet(ctx, l.hello()); err != nil {
		c.end(nil)
		failure := unavailable("The daemon cannot be greeted.")
		if errors.As(err, &failure); failure.Retryable {
			failure = unavailable("The daemon is not ready: " + failure.Message)
		}
		failure.Executed = false
		return nil, failure
	}
	return c, nil
}

// forget is called when a connection takes no more calls.
func (l *link) forget(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ready == c {
		l.ready = nil
	}
}

func (l *link) ended(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, c)
}

// close ends everything, for ever, and returns when the goroutines are gone.
func (l *link) close() {
	l.mu.Lock()
	l.isClosed = true
	a := l.attempt
	l.attempt, l.ready = nil, nil
	conns := make([]*conn, 0, len(l.conns))
	for c := range l.conns {
		conns = append(conns, c)
	}
	if a != nil {
		a.cancel()
	}
	l.mu.Unlock()
	for _, c := range conns {
		c.end(closed(l.name))
	}
	l.goroutines.Wait()
}

func (c *conn) takesNoMore() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.isRetired
}
