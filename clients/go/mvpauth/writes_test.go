package mvpauth_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/mvp-auth/clients/go/internal/fake"
	"example.org/mvp-auth/clients/go/mvpauth"
)

// piped is a client whose first connection is a pipe, which has no buffer: what is not read is not sent. The others go
// to the server.
func piped(t *testing.T, serve func(far net.Conn)) (*fake.Server, *mvpauth.Client) {
	t.Helper()
	server, auth := startFake(t, answering)
	var dialled atomic.Int64
	auth.Dial = func(ctx context.Context) (net.Conn, error) {
		if dialled.Add(1) > 1 {
			return new(net.Dialer).DialContext(ctx, "unix", server.Path)
		}
		near, far := net.Pipe()
		go func() {
			defer far.Close()
			line, err := bufio.NewReaderSize(far, 16).ReadBytes('\n')
			if err != nil {
				return
			}
			var hello fake.Call
			json.Unmarshal(line, &hello)
			fmt.Fprintf(far, `{"jsonrpc":"2.0","id":%s,"result":%s}`+"\n", hello.ID, fake.Hello)
			serve(far)
		}()
		return near, nil
	}
	return server, auth
}

func TestTrap7ACallOfWhichAByteWasSentMayBeExecuted(t *testing.T) {
	server, auth := piped(t, func(far net.Conn) { far.Read(make([]byte, 1)) })
	_, err := auth.Register(long(t), "ada@example.org", password)
	if said := failure(t, err); said.Code != mvpauth.ConnectionLost || !said.Executed || !said.Retryable {
		t.Errorf("%+v", err)
	}
	if len(server.Methods()) != 0 {
		t.Error("it was made again")
	}
}

func TestTrap7ACallOfWhichNothingWasSentIsMadeAgain(t *testing.T) {
	begun, release := make(chan struct{}), make(chan struct{})
	server, auth := piped(t, func(far net.Conn) {
		far.Read(make([]byte, 1))
		close(begun)
		<-release
	})
	first, second := make(chan error, 1), make(chan error, 1)
	go func() { _, err := auth.Register(long(t), "ada@example.org", password); first <- err }()
	<-begun
	go func() { _, err := auth.Login(long(t), "ada@example.org", password, nil); second <- err }()
	time.Sleep(50 * time.Millisecond)
	close(release)
	if err := <-first; !errors.Is(err, mvpauth.ConnectionLost) {
		t.Error(err)
	}
	if err := <-second; err != nil {
		t.Error(err)
	}
	if methods := server.Methods(); count(methods, "auth.login") != 1 || count(methods, "user.register") != 0 {
		t.Errorf("%v", methods)
	}
}

func TestALineThatCannotBeFinishedEndsTheConnection(t *testing.T) {
	closed := make(chan struct{})
	server, auth := piped(t, func(far net.Conn) {
		far.Read(make([]byte, 1))
		// Waits without reading: a deadline for reading that never comes would read.
		until(t, "the connection is over", func() bool { _, err := far.Write(nil); return err != nil })
		close(closed)
	})
	short, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	_, err := auth.Register(short, "ada@example.org", password)
	if said := failure(t, err); !said.Executed {
		t.Errorf("%+v", said)
	}
	<-closed
	if _, err := auth.Ping(long(t)); err != nil || server.Connections() != 1 {
		t.Errorf("%v, %d connections", err, server.Connections())
	}
}

func TestACallersContextDoesNotEndAWrite(t *testing.T) {
	proceed := make(chan struct{})
	server, auth := piped(t, func(far net.Conn) {
		lines := bufio.NewReaderSize(far, 16)
		lines.ReadByte()
		<-proceed
		// The rest of the line comes, though nobody waits for its answer any more, and the next line after it.
		for number := 1; ; number++ {
			line, err := lines.ReadBytes('\n')
			if err != nil {
				return
			}
			var call fake.Call
			if json.Unmarshal(line, &call) == nil && call.Method == "system.ping" {
				fmt.Fprintf(far, `{"jsonrpc":"2.0","id":%s,"result":{"pong":true}}`+"\n", call.ID)
			}
		}
	})
	short, cancel := context.WithCancel(long(t))
	done := make(chan error, 1)
	go func() { _, err := auth.Register(short, "ada@example.org", password); done <- err }()
	time.Sleep(50 * time.Millisecond)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	close(proceed)
	if _, err := auth.Ping(long(t)); err != nil || server.Connections() != 0 {
		t.Errorf("%v, %d connections", err, server.Connections())
	}
}

func TestAConnectionAtWhichNobodyReadsIsLeft(t *testing.T) {
	hold := make(chan struct{})
	server, auth := startFake(t, func(peer *fake.Peer) {
		if peer.Number == 1 {
			// Says hello, and reads nothing more: what is sent fills the kernel's buffers.
			call := peer.Read()
			peer.Reply(call, answer(call))
			<-hold
			return
		}
		answering(peer)
	})
	t.Cleanup(func() { close(hold) })
	if _, err := auth.Ping(long(t)); err != nil {
		t.Fatal(err)
	}
	var callers sync.WaitGroup
	for i := 0; i < 30; i++ {
		callers.Add(1)
		go func() {
			defer callers.Done()
			short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
			defer cancel()
			_, err := auth.Verify(short, strings.Repeat("x", 50*1024))
			if err == nil {
				return
			}
			if said := failure(t, err); !said.Temporary() {
				t.Errorf("%v", err)
			}
		}()
	}
	callers.Wait()
	until(t, "another connection is there", func() bool {
		short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
		defer cancel()
		_, err := auth.Ping(short)
		return err == nil
	})
	if server.Connections() < 2 {
		t.Error("it is the same connection")
	}
}
