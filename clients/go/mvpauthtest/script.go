package mvpauthtest

import (
	"encoding/json"
	"testing"
	"time"

	"example.org/mvp-auth/clients/go/internal/fake"
	"example.org/mvp-auth/clients/go/mvpauth"
)

// A Step is what a scripted server does about a call.
type Step struct {
	// Delay is how long it waits before.
	Delay time.Duration
	// Drain has it say that it is shutting down.
	Drain bool
	// Reply is the result that it answers, or Fail the error.
	Reply any
	Fail  *mvpauth.Error
	// HangUp closes the connection, after Cut bytes of the answer if there is a Reply.
	HangUp bool
	Cut    int
}

// A Scripted is a server that does its steps, one for each call.
type Scripted struct {
	// Socket is the path of its socket.
	Socket string
	// Client is a client of it, which makes calls again as clients do.
	Client *mvpauth.Client

	server *fake.Server
	steps  chan Step
}

// Script serves the steps until the test ends: for what an application does when the daemon is slow, fails or goes
// away. Calls after the last step fail with INTERNAL_ERROR.
func Script(t testing.TB, steps ...Step) *Scripted {
	t.Helper()
	s := &Scripted{steps: make(chan Step, len(steps))}
	for _, step := range steps {
		s.steps <- step
	}
	server, err := fake.Start(s.serve)
	if err != nil {
		t.Fatal(err)
	}
	s.server, s.Socket = server, server.Path
	s.Client = &mvpauth.Client{Socket: server.Path}
	t.Cleanup(func() {
		s.Client.Close()
		server.Close()
	})
	return s
}

// Methods are the names of the calls that have arrived.
func (s *Scripted) Methods() []string { return s.server.Methods() }

func (s *Scripted) serve(peer *fake.Peer) {
	for call := peer.Read(); call != nil; call = peer.Read() {
		if call.ID == nil {
			continue
		}
		step := Step{Fail: &mvpauth.Error{
			Code: mvpauth.InternalError, Number: -32603, Message: "The script has no answer to this call.", Executed: true,
		}}
		select {
		case step = <-s.steps:
		default:
		}
		if !do(step, peer, call) {
			return
		}
	}
}

// do does a step; false when the connection is over.
func do(step Step, peer *fake.Peer, call *fake.Call) bool {
	time.Sleep(step.Delay)
	if step.Drain {
		peer.Notify("system.draining", map[string]any{})
	}
	switch {
	case step.HangUp:
		line, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": call.ID, "result": step.Reply})
		if err == nil && step.Reply != nil && step.Cut < len(line) {
			peer.Raw(string(line[:step.Cut]))
		}
		return false
	case step.Fail != nil:
		peer.Fail(call, wire(step.Fail))
	default:
		peer.Reply(call, step.Reply)
	}
	return true
}
