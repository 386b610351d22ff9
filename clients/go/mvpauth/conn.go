package mvpauth

import (
	"context"
	"encoding/json"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// limits is what the daemon accepts, as it says in its hello.
type limits struct {
	LineBytes     int `json:"line_bytes"`
	ReplyBytes    int `json:"reply_bytes"`
	CallsInFlight int `json:"calls_in_flight"`
}

var usualLimits = limits{LineBytes: 64 * 1024, ReplyBytes: 1024 * 1024, CallsInFlight: 64}

// hashingCalls is how many calls that hash may be in flight. At its limit the daemon stops reading the connection, so
// the other calls would wait behind them.
func (l limits) hashingCalls() int {
	if l.CallsInFlight < 4 {
		return 1
	}
	return l.CallsInFlight / 2
}

// A conn is a connection that any number of calls share. It has two goroutines, the reader and the writer.
type conn struct {
	socket net.Conn
	// notify gets what the daemon says without being asked, on the reader's goroutine.
	notify func(method string, params json.RawMessage)
	// onRetire is called once, when the connection takes no more calls; onEnd once, when it is closed.
	onRetire, onEnd func(*conn)
	// longest is the longest line that is read.
	longest atomic.Int64
	// wake has something when there is something to write.
	wake chan struct{}
	// quit is closed with the connection.
	quit chan struct{}

	mu     sync.Mutex
	limits limits
	open   map[uint64]*exchange
	queue  []*exchange
	// cancelled are the calls whose callers have left, of which the daemon is to be told.
	cancelled []uint64
	// hashing are the calls on the lane that the daemon may be busy with, also for callers who have left.
	hashing map[uint64]struct{}
	// lane has the calls that hash and wait for room.
	lane []*exchange
	// strays counts the answers to calls that nobody waits for.
	strays    int
	isRetired bool
	isClosed  bool
}

func newConn(socket net.Conn) *conn {
	c := &conn{
		socket:  socket,
		wake:    make(chan struct{}, 1),
		quit:    make(chan struct{}),
		limits:  usualLimits,
		open:    make(map[uint64]*exchange),
		hashing: make(map[uint64]struct{}),
	}
	c.longest.Store(2 * int64(usualLimits.ReplyBytes))
	return c
}

// call makes a call and waits for its answer, as long as the context and the request allow.
func (c *conn) call(ctx context.Context, request *request) (json.RawMessage, error) {
	exchange, err := c.submit(request)
	if err != nil {
		return nil, err
	}
	var expired <-chan time.Time
	if _, has := ctx.Deadline(); !has && !request.deadline.IsZero() {
		timer := time.NewTimer(time.Until(request.deadline))
		defer timer.Stop()
		expired = timer.C
	}
	var answer outcome
	select {
	case answer = <-exchange.done:
	case <-ctx.Done():
		answer = c.leave(ctx, exchange)
	case <-expired:
		answer = c.leave(ctx, exchange)
	}
	switch {
	case answer.failure != nil:
		return nil, answer.failure
	case answer.answered != nil:
		failure := errorFromWire(answer.answered)
		if failure.Code == ShuttingDown {
			c.retire()
		}
		return nil, failure
	}
	return answer.result, nil
}

// greet says hello, and keeps what the daemon answers of its limits.
func (c *conn) greet(ctx context.Context, hello *request) error {
	result, err := c.call(ctx, hello)
	if err != nil {
		return err
	}
	var said struct {
		Limits json.RawMessage `json:"limits"`
	}
	_ = json.Unmarshal(result, &said)
	told := read[limits](said.Limits)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, limit := range []struct{ kept, told *int }{
		{&c.limits.LineBytes, &told.LineBytes},
		{&c.limits.ReplyBytes, &told.ReplyBytes},
		{&c.limits.CallsInFlight, &told.CallsInFlight},
	} {
		if *limit.told > 0 {
			*limit.kept = *limit.told
		}
	}
	c.longest.Store(2 * int64(c.limits.ReplyBytes))
	return nil
}

// submit hands a call to the writer, or to the lane of the calls that hash.
func (c *conn) submit(request *request) (*exchange, error) {
	exchange := newExchange(request)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.isRetired {
		return nil, unavailable("The connection is closed.")
	}
	if err := request.fits(c.limits.LineBytes); err != nil {
		return nil, err
	}
	c.open[exchange.id] = exchange
	if !request.isHashing {
		c.enqueue(exchange)
		return exchange, nil
	}
	c.lane = append(c.lane, exchange)
	c.advanceLane()
	return exchange, nil
}

// leave gives a call up for its caller. The daemon is told; its answer, which still comes, is dropped.
func (c *conn) leave(ctx context.Context, exchange *exchange) outcome {
	c.mu.Lock()
	defer c.unlock()
	if c.open[exchange.id] != exchange {
		// It was answered at this very moment.
		return <-exchange.done
	}
	delete(c.open, exchange.id)
	if exchange.isWritten {
		c.cancelled = append(c.cancelled, exchange.id)
		c.stir()
	} else {
		c.freeLane(exchange.id)
	}
	return outcome{failure: left(ctx, exchange.isWritten)}
}

// take handles what the daemon has said.
func (c *conn) take(said message) {
	if said.Method != nil {
		if *said.Method == "system.draining" {
			c.retire()
		} else if c.notify != nil {
			c.notify(*said.Method, said.Params)
		}
		return
	}
	id := idOf(said.ID)
	c.mu.Lock()
	defer c.unlock()
	c.freeLane(id)
	if !isNull(said.Error) {
		c.settle(id, outcome{answered: said.Error})
	} else {
		c.settle(id, outcome{result: said.Result})
	}
}

// retire ends the taking of calls. What was not sent can be sent elsewhere; for the answers to the rest it waits.
func (c *conn) retire() {
	c.mu.Lock()
	if c.isRetired {
		c.mu.Unlock()
		return
	}
	c.isRetired = true
	c.settleUnwritten(unavailable("The daemon is about to end the connection."))
	c.unlock()
	c.onRetire(c)
}

// end closes the connection. Calls that wait fail: with the reason, or because it was lost.
func (c *conn) end(reason *Error) {
	c.mu.Lock()
	if c.isClosed {
		c.mu.Unlock()
		return
	}
	wasRetired := c.isRetired
	c.isClosed, c.isRetired = true, true
	c.socket.Close()
	close(c.quit)
	c.queue, c.lane, c.cancelled = nil, nil, nil
	for id, exchange := range c.open {
		failure := lost(exchange.isWritten)
		if reason != nil {
			failure.Message, failure.Retryable = reason.Message, false
		}
		c.settle(id, outcome{failure: failure})
	}
	c.mu.Unlock()
	if !wasRetired {
		c.onRetire(c)
	}
	c.onEnd(c)
}

// unlock lets go of the lock, and ends a retired connection after its last answer.
func (c *conn) unlock() {
	isOver := c.isRetired && len(c.open) == 0 && !c.isClosed
	c.mu.Unlock()
	if isOver {
		c.end(nil)
	}
}

// The following are called with the lock held.

// settle gives a call its outcome.
func (c *conn) settle(id uint64, answer outcome) {
	exchange, isOpen := c.open[id]
	if !isOpen {
		c.strays++
		return
	}
	delete(c.open, id)
	exchange.done <- answer
}

func (c *conn) settleUnwritten(failure *Error) {
	c.queue, c.lane = nil, nil
	for id, exchange := range c.open {
		if !exchange.isWritten {
			c.settle(id, outcome{failure: failure})
		}
	}
}

func (c *conn) enqueue(exchange *exchange) {
	c.queue = append(c.queue, exchange)
	c.stir()
}

// stir wakes the writer.
func (c *conn) stir() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *conn) freeLane(id uint64) {
	if _, isHashing := c.hashing[id]; isHashing {
		delete(c.hashing, id)
		c.advanceLane()
	}
}

// advanceLane sends calls that hash as far as there is room, in their order.
func (c *conn) advanceLane() {
	for len(c.lane) > 0 && len(c.hashing) < c.limits.hashingCalls() {
		exchange := c.lane[0]
		c.lane[0], c.lane = nil, c.lane[1:]
		if c.open[exchange.id] == exchange {
			c.hashing[exchange.id] = struct{}{}
			c.enqueue(exchange)
		}
	}
}
