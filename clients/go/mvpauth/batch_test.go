package mvpauth

import (
	"context"
	"net"
	"os"
	"syscall"
	"testing"
	"time"
)

// A call of which nothing was sent, and whose caller has left, must not keep its place among those that hash.
func TestAPlaceInTheLaneIsNotLost(t *testing.T) {
	near, far := net.Pipe()
	defer far.Close()
	c := newConn(near)
	c.onRetire, c.onEnd = func(*conn) {}, func(*conn) {}
	awaited, err := c.submit(&request{method: "system.ping"})
	if err != nil {
		t.Fatal(err)
	}
	var written batch
	c.fill(&written)
	login, err := c.submit(&request{method: "auth.login", isHashing: true, deadline: time.Now().Add(time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	var stuck batch
	c.fill(&stuck)
	over, cancel := context.WithCancel(context.Background())
	cancel()
	c.leave(over, login)
	if len(c.hashing) != 1 {
		t.Fatal("the daemon may be busy with it")
	}
	c.notWritten(&stuck, 0, os.ErrDeadlineExceeded)
	if len(c.hashing) != 0 || c.isClosed || !awaited.isWritten {
		t.Errorf("%d places are taken, closed %v", len(c.hashing), c.isClosed)
	}
}

// Of two calls in one write, the first was cut: it may be executed. Of the second nothing was sent.
func TestTrap7OfABatchOnlyWhatWasSentMayBeExecuted(t *testing.T) {
	near, far := net.Pipe()
	defer far.Close()
	c := newConn(near)
	retired := 0
	c.onRetire, c.onEnd = func(*conn) { retired++ }, func(*conn) {}
	first, err := c.submit(&request{method: "system.ping"})
	if err != nil {
		t.Fatal(err)
	}
	second, err := c.submit(&request{method: "system.ping"})
	if err != nil {
		t.Fatal(err)
	}
	var torn batch
	c.fill(&torn)
	if len(torn.calls) != 2 || !second.isWritten {
		t.Fatal("they do not leave in one write")
	}
	c.notWritten(&torn, torn.ends[0]-1, syscall.EPIPE)
	if answer := <-second.done; answer.failure.Code != Unavailable || answer.failure.Executed {
		t.Errorf("%+v", answer.failure)
	}
	if _, err := c.submit(&request{}); err == nil || retired != 1 {
		t.Error("it takes calls")
	}
	c.end(nil)
	if answer := <-first.done; answer.failure.Code != ConnectionLost || !answer.failure.Executed {
		t.Errorf("%+v", answer.failure)
	}
}
