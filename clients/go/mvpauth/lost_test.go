package mvpauth_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"example.org/mvp-auth/clients/go/internal/fake"
	"example.org/mvp-auth/clients/go/mvpauth"
	"example.org/mvp-auth/clients/go/mvpauthtest"
)

// A proxy stands between client and daemon, and cuts the line or the answer of one method.
type proxy struct {
	t      *testing.T
	target string
	method string
	path   string

	mu sync.Mutex
	// cutCall and cutReply are after how many bytes to hang up, once; negative for not at all.
	cutCall, cutReply int
	lines             [][]byte
	answerLength      int
}

func startProxy(t *testing.T, target, method string) *proxy {
	t.Helper()
	directory, err := os.MkdirTemp("", "mvpauth-")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{t: t, target: target, method: method, path: filepath.Join(directory, "s"), cutCall: -1, cutReply: -1}
	listener, err := net.Listen("unix", p.path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		listener.Close()
		os.RemoveAll(directory)
	})
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go p.serve(client.(*net.UnixConn))
		}
	}()
	return p
}

// serve handles one call after the other: the answer is awaited before the next line is read.
func (p *proxy) serve(client *net.UnixConn) {
	defer client.Close()
	socket, err := net.Dial("unix", p.target)
	if err != nil {
		return
	}
	daemon := socket.(*net.UnixConn)
	defer daemon.Close()
	calls, answers := bufio.NewReader(client), bufio.NewReader(daemon)
	for {
		line, err := calls.ReadBytes('\n')
		if err != nil {
			return
		}
		var call fake.Call
		json.Unmarshal(line, &call)
		cutCall, cutReply := p.see(call.Method, line)
		if cutCall >= 0 {
			if cutCall > len(line) {
				cutCall = len(line)
			}
			daemon.Write(line[:cutCall])
			// The daemon executes a whole line before it answers the end.
			daemon.CloseWrite()
			io.Copy(io.Discard, answers)
			return
		}
		daemon.Write(line)
		answer, err := answers.ReadBytes('\n')
		if err != nil {
			return
		}
		if call.Method == p.method {
			p.mu.Lock()
			p.answerLength = len(answer)
			p.mu.Unlock()
		}
		if cutReply >= 0 {
			if cutReply < len(answer) {
				answer = answer[:cutReply]
			}
			client.Write(answer)
			return
		}
		client.Write(answer)
	}
}

// see notes a line, and says once where to cut it or its answer.
func (p *proxy) see(method string, line []byte) (cutCall, cutReply int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if method != p.method {
		return -1, -1
	}
	p.lines = append(p.lines, line)
	cutCall, cutReply = p.cutCall, p.cutReply
	p.cutCall, p.cutReply = -1, -1
	return cutCall, cutReply
}

func (p *proxy) cut(call, reply int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cutCall, p.cutReply = call, reply
}

func (p *proxy) seen() [][]byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([][]byte(nil), p.lines...)
}

func TestTrap7ARegisterThatIsCutAnywhereIsMadeOnceAndReportedAsExecuted(t *testing.T) {
	daemon := startDaemon(t)
	direct := daemon.Client()
	proxy := startProxy(t, daemon.Socket, "user.register")
	made := 0
	for position := 0; ; position++ {
		email := fmt.Sprintf("torn%04d@example.org", position)
		proxy.cut(position, -1)
		auth := &mvpauth.Client{Socket: proxy.path, Timeout: time.Minute}
		_, err := auth.Register(ctx, email, password)
		auth.Close()
		if said := failure(t, err); said.Code != mvpauth.ConnectionLost || !said.Executed {
			t.Fatalf("at %d: %v", position, err)
		}
		lines := proxy.seen()
		if len(lines) != position+1 {
			t.Fatalf("at %d: it was made %d times", position, len(lines))
		}
		length := len(lines[position])
		_, err = direct.FindUser(ctx, email)
		if err == nil {
			made++
		}
		if isMade := position >= length-1; isMade != (err == nil) {
			t.Errorf("at %d of %d: %v", position, length, err)
		}
		if position >= length {
			break
		}
	}
	// Whole without its line feed, and with it: both are executed.
	if made != 2 {
		t.Errorf("%d were made", made)
	}
}

func TestTrap7WithAKeyATornRegisterIsMadeAgain(t *testing.T) {
	daemon := startDaemon(t)
	proxy := startProxy(t, daemon.Socket, "user.register")
	auth := &mvpauth.Client{Socket: proxy.path, Timeout: time.Minute}
	defer auth.Close()
	for number, position := range []int{0, 60, 10_000} {
		proxy.cut(position, -1)
		key := mvpauth.IdempotencyKey(fmt.Sprintf("one-intention-%d", number))
		if user, err := auth.Register(ctx, address(number), password, key); err != nil || user.Email != address(number) {
			t.Errorf("%+v, %v", user, err)
		}
	}
	if lines := proxy.seen(); len(lines) != 6 {
		t.Errorf("%d lines", len(lines))
	}
}

func TestTrap8APairSurvivesARefreshWhoseAnswerIsCutAnywhere(t *testing.T) {
	daemon := startDaemon(t)
	proxy := startProxy(t, daemon.Socket, "auth.refresh")
	auth := &mvpauth.Client{Socket: proxy.path, Timeout: time.Minute}
	defer auth.Close()
	pair := register(t, auth, "ada@example.org")
	for position := 0; ; position += 7 {
		proxy.cut(-1, position)
		renewed, err := auth.Refresh(ctx, pair.RefreshToken, nil)
		if err != nil {
			t.Fatalf("at %d: %v", position, err)
		}
		pair = renewed
		proxy.mu.Lock()
		isOver := position >= proxy.answerLength
		proxy.mu.Unlock()
		if isOver {
			break
		}
		lines := proxy.seen()
		var first, second fake.Call
		json.Unmarshal(lines[len(lines)-2], &first)
		json.Unmarshal(lines[len(lines)-1], &second)
		if len(first.Meta.IdempotencyKey) != 32 || first.Meta.IdempotencyKey != second.Meta.IdempotencyKey ||
			string(first.ID) == string(second.ID) {
			t.Fatalf("at %d: %+v, %+v", position, first, second)
		}
	}
	sessions, err := auth.Sessions(ctx, mvpauth.AccessToken(pair.AccessToken))
	if err != nil || len(sessions) != 1 {
		t.Errorf("%v, %v", sessions, err)
	}
}

// The daemon of a restart keeps its accounts in a file.
func restartable(t *testing.T) (*restarting, *mvpauth.Client, string) {
	t.Helper()
	needDaemon(t)
	directory, err := os.MkdirTemp("", "mvpauth-")
	if err != nil {
		t.Fatal(err)
	}
	d := &restarting{t: t, directory: directory, path: filepath.Join(directory, "mvp-auth.sock")}
	t.Cleanup(func() {
		d.stop()
		os.RemoveAll(directory)
	})
	d.start(nil)
	auth := &mvpauth.Client{Socket: d.path, Timeout: time.Minute}
	t.Cleanup(func() { auth.Close() })
	return d, auth, register(t, auth, "ada@example.org").AccessToken
}

type restarting struct {
	t         *testing.T
	directory string
	path      string
	process   *exec.Cmd
}

// start does not wait for the daemon. With a listener it is started as by systemd.
func (d *restarting) start(listener *os.File) {
	program, err := mvpauthtest.Find()
	if err != nil {
		d.t.Fatal(err)
	}
	d.process = exec.Command(program)
	d.process.Env = []string{
		"PATH=" + os.Getenv("PATH"), "MVP_AUTH_RUNTIME_DIR=" + d.directory, "MVP_AUTH_STATE_DIR=" + d.directory,
		"AUTH_DATABASE_URL=sqlite:///" + d.directory + "/auth.db", "AUTH_BCRYPT_COST=4", "AUTH_THROTTLE=false",
		"AUTH_SECRET_KEY=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	}
	if listener != nil {
		// LISTEN_PID must name the daemon, whose number is known only in it.
		d.process.Path, d.process.Args = "/bin/sh", []string{"sh", "-c", `export LISTEN_PID=$$; exec "$0"`, program}
		d.process.Env = append(d.process.Env, "LISTEN_FDS=1", "LISTEN_FDNAMES=rpc")
		d.process.ExtraFiles = []*os.File{listener}
	}
	if err := d.process.Start(); err != nil {
		d.t.Fatal(err)
	}
}

func (d *restarting) stop() {
	d.process.Process.Signal(syscall.SIGTERM)
	d.process.Wait()
}

func TestTrap6NoCallFailsWhileTheDaemonIsRestartedFiftyTimes(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some time")
	}
	for _, isActivated := range []bool{false, true} {
		t.Run(fmt.Sprintf("activation %v", isActivated), func(t *testing.T) {
			daemon, auth, token := restartable(t)
			var listener *os.File
			if isActivated {
				daemon.stop()
				socket, err := net.Listen("unix", daemon.path)
				if err != nil {
					t.Fatal(err)
				}
				defer socket.Close()
				if listener, err = socket.(*net.UnixListener).File(); err != nil {
					t.Fatal(err)
				}
				defer listener.Close()
				daemon.start(listener)
			}
			asking, stop := context.WithCancel(ctx)
			var askers sync.WaitGroup
			var calls, failures atomic.Int64
			for i := 0; i < 4; i++ {
				askers.Add(1)
				go func() {
					defer askers.Done()
					for asking.Err() == nil {
						user, err := auth.CurrentUser(ctx, mvpauth.AccessToken(token))
						if err != nil || user.Email != "ada@example.org" {
							failures.Add(1)
							t.Errorf("%v, %v", user, err)
							return
						}
						calls.Add(1)
						time.Sleep(time.Millisecond)
					}
				}()
			}
			for i := 0; i < 50 && failures.Load() == 0; i++ {
				before := calls.Load()
				daemon.stop()
				daemon.start(listener)
				until(t, "calls go on", func() bool { return calls.Load() >= before+4 || failures.Load() > 0 })
			}
			stop()
			askers.Wait()
		})
	}
}

func TestTheFirstCallAfterTheDaemonWasKilledDoesNotFail(t *testing.T) {
	daemon, auth, token := restartable(t)
	for i := 0; i < 5; i++ {
		daemon.process.Process.Kill()
		daemon.process.Wait()
		daemon.start(nil)
		if _, err := auth.Verify(ctx, token); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheReaderNoticesALostConnection(t *testing.T) {
	server, auth := startFake(t, func(peer *fake.Peer) {
		call := peer.Read()
		peer.Reply(call, answer(call))
	})
	for i := 1; i <= 3; i++ {
		// Not idempotent: it would fail if it were written to the connection that has ended.
		if _, err := auth.Login(long(t), "ada@example.org", password, nil); err != nil {
			t.Fatal(err)
		}
		until(t, "the end is noticed", func() bool { return len(goroutines()) == 0 })
	}
	if server.Connections() != 3 {
		t.Errorf("%d connections", server.Connections())
	}
}

func TestGarbageEndsTheConnection(t *testing.T) {
	_, auth := startFake(t, func(peer *fake.Peer) {
		if call := peer.Read(); peer.Number == 1 {
			peer.Raw("HTTP/1.1 400 Bad Request\r\n")
			silent(peer)
		} else {
			peer.Reply(call, answer(call))
			answering(peer)
		}
	})
	if _, err := auth.Verify(long(t), "a"); err != nil {
		t.Error(err)
	}
	if _, err := auth.Register(long(t), "ada@example.org", password); !errors.Is(err, mvpauth.ProtocolError) {
		t.Error(err)
	}
}
