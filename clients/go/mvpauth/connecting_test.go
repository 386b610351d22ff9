package mvpauth_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"example.org/mvp-auth/clients/go/internal/fake"
	"example.org/mvp-auth/clients/go/mvpauth"
)

// backlogged is a socket behind a backlog of one, at which nobody accepts yet.
func backlogged(t *testing.T) (path string, listener net.Listener) {
	t.Helper()
	directory, err := os.MkdirTemp("", "mvpauth-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(directory) })
	path = filepath.Join(directory, "s")
	descriptor, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	syscall.CloseOnExec(descriptor)
	file := os.NewFile(uintptr(descriptor), "listener")
	defer file.Close()
	if err := syscall.Bind(descriptor, &syscall.SockaddrUnix{Name: path}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(descriptor, 0); err != nil {
		t.Fatal(err)
	}
	if listener, err = net.FileListener(file); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return path, listener
}

func TestTrap1TwentyClientsPassAFullBacklogEachOnce(t *testing.T) {
	path, listener := backlogged(t)
	var server *fake.Server
	started := make(chan struct{})
	time.AfterFunc(300*time.Millisecond, func() { server = fake.StartOn(listener, answering); close(started) })
	var clients sync.WaitGroup
	for number := 0; number < 20; number++ {
		number := number
		clients.Add(1)
		go func() {
			defer clients.Done()
			auth := &mvpauth.Client{Socket: path}
			defer auth.Close()
			name := fmt.Sprintf("t%d", number)
			user, err := auth.CurrentUser(long(t), mvpauth.AccessToken(name))
			if err != nil || user.Email != name+"@example.org" {
				t.Errorf("%+v, %v", user, err)
			}
		}()
	}
	clients.Wait()
	<-started
	defer server.Close()
	if calls := server.Methods(); len(calls) != 20 {
		t.Errorf("%d calls arrived", len(calls))
	}
}

func TestWhoWaitsForABusyDaemonWaitsNoLongerThanTheCallMayTake(t *testing.T) {
	path, _ := backlogged(t)
	for {
		blocker, err := net.Dial("unix", path)
		if err != nil {
			break
		}
		defer blocker.Close()
	}
	auth := &mvpauth.Client{Socket: path}
	defer auth.Close()
	short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	_, err := auth.Ping(short)
	if said := failure(t, err); said.Executed || !strings.Contains(said.Message, "too busy") || !said.Timeout() {
		t.Errorf("%v", err)
	}
	if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, mvpauth.Unavailable) {
		t.Errorf("%v does not say both", err)
	}
}

func TestManyCallersShareOneAttemptToConnect(t *testing.T) {
	server, auth := startFake(t, answering)
	var callers sync.WaitGroup
	for i := 0; i < 50; i++ {
		callers.Add(1)
		go func() {
			defer callers.Done()
			if _, err := auth.Ping(long(t)); err != nil {
				t.Error(err)
			}
		}()
	}
	callers.Wait()
	if server.Connections() != 1 {
		t.Errorf("%d connections", server.Connections())
	}
}

func TestNobodyConnectsWhileNobodyWaits(t *testing.T) {
	directory, err := os.MkdirTemp("", "mvpauth-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(directory)
	auth := &mvpauth.Client{Socket: directory + "/s", Timeout: 50 * time.Millisecond}
	defer auth.Close()
	_, err = auth.Ping(ctx)
	if said := failure(t, err); said.Code != mvpauth.Unavailable || !strings.Contains(said.Message, auth.Socket) {
		t.Errorf("%v", err)
	}
	until(t, "the attempt is over", func() bool { return len(goroutines()) == 0 })
	server, err := fake.StartAt(auth.Socket, answering)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	time.Sleep(200 * time.Millisecond)
	if server.Connections() != 0 {
		t.Error("somebody has connected")
	}
	if _, err := auth.Ping(long(t)); err != nil {
		t.Error(err)
	}
	auth.Close()
}

func TestTheHelloMayTakeAsLongAsTheCall(t *testing.T) {
	// With socket activation, connecting succeeds while the daemon is being started.
	_, auth := startFake(t, func(peer *fake.Peer) {
		time.Sleep(1200 * time.Millisecond)
		answering(peer)
	})
	if _, err := auth.Ping(long(t)); err != nil {
		t.Error(err)
	}
}

func TestAHelloThatIsNeverAnsweredEndsWithTheCall(t *testing.T) {
	_, auth := startFake(t, func(peer *fake.Peer) { peer.Greets = false; silent(peer) })
	auth.Timeout = 100 * time.Millisecond
	_, err := auth.Ping(ctx)
	if said := failure(t, err); said.Code != mvpauth.DeadlineExceeded || said.Executed {
		t.Errorf("%v", err)
	}
}

func TestAProtocolThatIsNotSpokenFailsAtOnce(t *testing.T) {
	_, auth := startFake(t, func(peer *fake.Peer) {
		peer.Greets = false
		peer.Fail(peer.Read(), map[string]any{
			"code": -32008, "message": "No.", "data": map[string]any{"code": "UNSUPPORTED_PROTOCOL", "executed": false},
		})
	})
	if _, err := auth.Ping(long(t)); !errors.Is(err, mvpauth.UnsupportedProtocol) {
		t.Error(err)
	}
}

func TestAPathThatCannotBeSaysSoBeforeConnecting(t *testing.T) {
	auth := &mvpauth.Client{Socket: "/" + strings.Repeat("x", 107)}
	defer auth.Close()
	_, err := auth.Ping(long(t))
	if said := failure(t, err); said.Code != mvpauth.ConfigurationError || !strings.Contains(said.Message, "107") {
		t.Error(err)
	}
}

func TestTrap18TheEnvironmentIsReadWhenConnecting(t *testing.T) {
	server, _ := startFake(t, answering)
	auth := new(mvpauth.Client)
	defer auth.Close()
	t.Setenv("RUNTIME_DIRECTORY", "/run/of-the-app")
	t.Setenv("MVP_AUTH_SOCKET", "unix://"+server.Path)
	if _, err := auth.Ping(long(t)); err != nil {
		t.Error(err)
	}
}

func TestADrainingConnectionTakesNoNewCallsAndAnswersTheOld(t *testing.T) {
	proceed := make(chan struct{})
	server, auth := startFake(t, func(peer *fake.Peer) {
		if peer.Number > 1 {
			answering(peer)
			return
		}
		held := peer.Read()
		peer.Notify("system.draining", map[string]any{})
		<-proceed
		peer.Reply(held, map[string]any{"first": true})
		silent(peer)
	})
	old := make(chan error)
	go func() { old <- auth.Call(long(t), "system.info", nil, nil) }()
	until(t, "the call is held", func() bool { return len(server.Methods()) == 1 })
	until(t, "the connection is not used", func() bool {
		_, err := auth.Ping(long(t))
		return err == nil && server.Connections() == 2
	})
	close(proceed)
	if err := <-old; err != nil {
		t.Error(err)
	}
	until(t, "the first connection is over", func() bool { return len(goroutines()) == 2 })
}

func TestClosedIsClosed(t *testing.T) {
	server, auth := startFake(t, silent)
	pending := make(chan error)
	go func() { _, err := auth.Ping(long(t)); pending <- err }()
	until(t, "the call is there", func() bool { return len(server.Methods()) == 1 })
	auth.Close()
	auth.Close()
	if said := failure(t, <-pending); !said.Executed || said.Retryable || !strings.Contains(said.Message, "closed") {
		t.Errorf("%v", said)
	}
	_, err := auth.Ping(ctx)
	if said := failure(t, err); said.Executed || said.Retryable || !strings.Contains(said.Message, "closed") {
		t.Errorf("%v", said)
	}
	noGoroutines(t)
}

func TestClosingAnswersThoseWhoWaitForAConnection(t *testing.T) {
	auth := &mvpauth.Client{Socket: "/nowhere/s"}
	pending := make(chan error)
	go func() { _, err := auth.Ping(long(t)); pending <- err }()
	until(t, "somebody waits", func() bool { return len(goroutines()) > 0 })
	auth.Close()
	if err := <-pending; !strings.Contains(err.Error(), "closed") {
		t.Error(err)
	}
}

func TestAZeroClientCanBeClosed(t *testing.T) {
	var auth mvpauth.Client
	if err := auth.Close(); err != nil {
		t.Error(err)
	}
}

func TestADaemonThatShutsDownIsLeft(t *testing.T) {
	server, auth := startFake(t, func(peer *fake.Peer) {
		if peer.Number > 1 {
			answering(peer)
			return
		}
		for call := peer.Read(); call != nil; call = peer.Read() {
			peer.Fail(call, map[string]any{"code": -32001, "message": "No.", "data": map[string]any{
				"code": "SHUTTING_DOWN", "retryable": true, "executed": false,
			}})
		}
	})
	// Nothing was executed, so a login is made again, elsewhere.
	if _, err := auth.Login(long(t), "ada@example.org", password, nil); err != nil || server.Connections() != 2 {
		t.Errorf("%v, %d connections", err, server.Connections())
	}
}
