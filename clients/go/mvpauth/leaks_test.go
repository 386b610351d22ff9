package mvpauth_test

import (
	"context"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"example.org/mvp-auth/clients/go/internal/fake"
	"example.org/mvp-auth/clients/go/mvpauth"
)

func descriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("needs /proc")
	}
	return len(entries)
}

func TestTrap14AThousandClientsLeaveNothing(t *testing.T) {
	server, _ := startFake(t, answering)
	before, files := runtime.NumGoroutine(), descriptors(t)
	for i := 0; i < 1000; i++ {
		auth := &mvpauth.Client{Socket: server.Path}
		if _, err := auth.Ping(ctx); err != nil {
			t.Fatal(err)
		}
		auth.Close()
		if i%100 == 0 {
			noGoroutines(t)
		}
	}
	// Those of the server may take a moment.
	until(t, "the goroutines are gone", func() bool { return runtime.NumGoroutine() <= before })
	until(t, "the descriptors are closed", func() bool { return descriptors(t) <= files })
}

func TestTrap14ALiveConnectionHasTwoGoroutines(t *testing.T) {
	_, auth := startFake(t, answering)
	noGoroutines(t)
	var callers sync.WaitGroup
	for i := 0; i < 50; i++ {
		callers.Add(1)
		go func() { defer callers.Done(); auth.Ping(long(t)) }()
	}
	callers.Wait()
	until(t, "there are two", func() bool { return len(goroutines()) == 2 })
	auth.Close()
	noGoroutines(t)
}

func TestTrap14CallsThatEndInAnyWayLeaveNothing(t *testing.T) {
	_, auth := startFake(t, silent)
	auth.Ready(timeout(time.Millisecond))
	before := runtime.NumGoroutine()
	for i := 0; i < 500; i++ {
		auth.Ping(timeout(time.Millisecond))
	}
	until(t, "the goroutines are gone", func() bool { return runtime.NumGoroutine() <= before+2 })
}

func TestTrap12ADaemonThatDiesEndsItsCallsAndNothingElse(t *testing.T) {
	const callers = 20
	server, auth := startFake(t, func(peer *fake.Peer) {
		switch peer.Number {
		case 1:
			// Dies with all of them in flight.
			for i := 0; i < callers; i++ {
				peer.Read()
			}
		case 2:
			// Dies with none.
			call := peer.Read()
			peer.Reply(call, answer(call))
		default:
			answering(peer)
		}
	})
	failures := make(chan error, callers)
	for i := 0; i < callers; i++ {
		go func() {
			_, err := auth.ForgotPassword(long(t), "ada@example.org")
			failures <- err
		}()
	}
	for i := 0; i < callers; i++ {
		if failure := failure(t, <-failures); failure.Code != mvpauth.ConnectionLost || !failure.Executed {
			t.Error(failure)
		}
	}
	for i := 0; i < 2; i++ {
		if _, err := auth.Ping(long(t)); err != nil {
			t.Error(err)
		}
		if i == 0 {
			noGoroutines(t)
		}
	}
	if server.Connections() != 3 {
		t.Errorf("%d connections", server.Connections())
	}
}

func timeout(duration time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), duration)
	time.AfterFunc(time.Minute, cancel)
	return ctx
}
