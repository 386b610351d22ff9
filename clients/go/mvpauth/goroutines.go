package mvpauth

import (
	"errors"
	"os"
	"time"
)

const (
	// callsAtOnce is how many calls leave in one write at most.
	callsAtOnce = 256
	// lastWords is how long what the daemon has said before it closed is waited for.
	lastWords = time.Second
	// largestKept is how much memory the writer keeps for its next write.
	largestKept = 256 * 1024
)

// read is the reader's goroutine. It notices when the connection is lost, not the next write.
func (c *conn) read() {
	lines := newLineReader(c.socket, int(c.longest.Load()))
	for {
		line, err := lines.next()
		if err != nil {
			break
		}
		said, err := parse(line)
		if err != nil {
			break
		}
		c.take(said)
		lines.limit = int(c.longest.Load())
	}
	c.end(nil)
}

// write is the writer's goroutine. It is bound to no caller's context: half a line would spoil everybody's calls.
func (c *conn) write() {
	var batch batch
	for {
		select {
		case <-c.wake:
		case <-c.quit:
			return
		}
		for c.fill(&batch) {
			// Nobody waits for these calls after the latest of their deadlines.
			c.socket.SetWriteDeadline(batch.deadline)
			if sent, err := c.socket.Write(batch.data); err != nil {
				c.notWritten(&batch, sent, err)
			}
		}
	}
}

// A batch is what leaves in one write.
type batch struct {
	data     []byte
	calls    []*exchange
	ends     []int
	deadline time.Time
}

// fill takes what is to be written; false when there is nothing.
func (c *conn) fill(b *batch) bool {
	if cap(b.data) > largestKept {
		b.data = nil
	}
	b.data, b.calls, b.ends, b.deadline = b.data[:0], b.calls[:0], b.ends[:0], time.Time{}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range c.cancelled {
		b.data = append(b.data, `{"jsonrpc":"2.0","method":"system.cancel","params":{"id":"`...)
		b.data = append(appendID(b.data, id), "\"}}\n"...)
		b.ends = append(b.ends, len(b.data))
	}
	c.cancelled = c.cancelled[:0]
	isEndless := false
	for len(c.queue) > 0 && len(b.calls) < callsAtOnce {
		exchange := c.queue[0]
		c.queue[0], c.queue = nil, c.queue[1:]
		// Not for a caller who has left, nor for one whose time has just passed.
		if c.open[exchange.id] != exchange || exchange.request.isOver() {
			continue
		}
		exchange.isWritten = true
		b.data = exchange.request.appendLine(b.data, exchange.id)
		b.calls = append(b.calls, exchange)
		b.ends = append(b.ends, len(b.data))
		isEndless = isEndless || exchange.request.deadline.IsZero()
		if exchange.request.deadline.After(b.deadline) {
			b.deadline = exchange.request.deadline
		}
	}
	if isEndless {
		b.deadline = time.Time{}
	} else if len(b.calls) == 0 {
		b.deadline = time.Now().Add(storeTime)
	}
	return len(b.data) > 0
}

// notWritten handles a write of which only the first bytes were sent. A call of which none was is certainly not
// executed; one that was cut is, if only its line feed is missing.
func (c *conn) notWritten(b *batch, sent int, err error) {
	isTimeout := errors.Is(err, os.ErrDeadlineExceeded)
	isCut := sent > 0
	begin := 0
	// The calls are the last of the lines.
	others := len(b.ends) - len(b.calls)
	isAwaited := false
	c.mu.Lock()
	for i, end := range b.ends {
		if i >= others && begin >= sent {
			exchange := b.calls[i-others]
			exchange.isWritten = false
			if c.open[exchange.id] != exchange {
				// Its caller has left meanwhile, and no answer will come that frees its place.
				c.freeLane(exchange.id)
			}
		}
		isCut = isCut && end != sent
		begin = end
	}
	for _, exchange := range c.open {
		isAwaited = isAwaited || exchange.isWritten
	}
	c.mu.Unlock()
	if isTimeout {
		// A daemon at its limit stops reading for a while, which is no reason to give up the answers to other calls.
		if isCut || !isAwaited {
			c.end(nil)
		}
		return
	}
	// The daemon has closed. What it said before is still to be read, and the reader ends the connection.
	c.socket.SetReadDeadline(time.Now().Add(lastWords))
	c.retireLost()
}

// retireLost is retire for a connection to which nothing can be written any more.
func (c *conn) retireLost() {
	c.mu.Lock()
	wasRetired := c.isRetired
	c.isRetired = true
	c.settleUnwritten(lost(false))
	c.unlock()
	if !wasRetired {
		c.onRetire(c)
	}
}
