package mvpauthtest

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/mvp-auth/clients/go/mvpauth"
)

const (
	startTime = 30 * time.Second
	stopTime  = 10 * time.Second
	// longestDirectory leaves room for the socket's name in the 107 bytes of its path.
	longestDirectory = 80
)

// keeper ends the daemon at the end of the pipe: so it ends with the process that holds the other end, however that
// ends.
const keeper = `"$0" </dev/null & child=$!; exec >/dev/null; read -r _; kill -TERM "$child"; wait "$child"`

// A Private is a daemon of the test's own.
type Private struct {
	// Socket is the path of its socket, for MVP_AUTH_SOCKET or [mvpauth.Client.Socket].
	Socket string

	t         testing.TB
	directory string
	settings  []string
	process   *exec.Cmd
	pipe      io.Closer
	mailbox   mailbox
}

// Daemon starts a daemon that ends with the test. By default accounts are in memory, hashing is cheap, common passwords
// are allowed, and messages wait for [Private.Email].
//
// The program is found by MVP_AUTHD or on the PATH; a test on a machine without it fails. See [Find].
//
//   - settings: its variables, for example "AUTH_MIN_PASSWORD_LENGTH=12".
func Daemon(t testing.TB, settings ...string) *Private {
	t.Helper()
	directory, err := os.MkdirTemp("", "mvp-auth-")
	if err == nil && len(directory) > longestDirectory {
		os.Remove(directory)
		directory, err = os.MkdirTemp("/tmp", "mvp-auth-")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(directory) })
	p := &Private{
		Socket: filepath.Join(directory, "run", "mvp-auth.sock"), t: t, directory: directory, settings: settings,
	}
	for _, name := range []string{"run", "state"} {
		if err := os.Mkdir(filepath.Join(directory, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(p.Stop)
	p.Start()
	return p
}

// Find is the path of mvp-authd, by MVP_AUTHD or on the PATH.
func Find() (string, error) {
	name := os.Getenv("MVP_AUTHD")
	if name == "" {
		name = "mvp-authd"
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("there is no mvp-authd: name the program in MVP_AUTHD, or test with StubAuth: %w", err)
	}
	return filepath.Abs(path)
}

// Start starts the daemon again after [Private.Stop]. What it keeps in files is still there.
func (p *Private) Start() {
	p.t.Helper()
	program, err := Find()
	if err != nil {
		p.t.Fatal(err)
	}
	log, err := os.OpenFile(filepath.Join(p.directory, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		p.t.Fatal(err)
	}
	defer log.Close()
	process := exec.Command("/bin/sh", "-c", keeper, program)
	process.Env = p.environment()
	process.Stderr = log
	pipe, err := process.StdinPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	output, err := process.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.process, p.pipe = process, pipe
	ready := make(chan error, 1)
	go func() {
		_, err := bufio.NewReader(output).ReadString('\n')
		ready <- err
	}()
	select {
	case err = <-ready:
	case <-time.After(startTime):
		err = fmt.Errorf("it said nothing in %s", startTime)
	}
	if err != nil {
		p.Stop()
		p.t.Fatalf("%s did not start: %v\n%s", program, err, p.Log())
	}
}

// Stop stops the daemon, as systemd would.
func (p *Private) Stop() {
	if p.process == nil {
		return
	}
	p.pipe.Close()
	killer := time.AfterFunc(stopTime, func() { _ = p.process.Process.Kill() })
	defer killer.Stop()
	_ = p.process.Wait()
	p.process = nil
}

// Client is a client of the daemon, closed with the test.
func (p *Private) Client() *mvpauth.Client {
	client := &mvpauth.Client{Socket: p.Socket}
	p.t.Cleanup(func() { client.Close() })
	return client
}

// Log is what the daemon has written to its log.
func (p *Private) Log() string {
	log, _ := os.ReadFile(filepath.Join(p.directory, "log"))
	return string(log)
}

func (p *Private) environment() []string {
	var kept []string
	for _, variable := range os.Environ() {
		if !isForeign(variable) {
			kept = append(kept, variable)
		}
	}
	return append(append(kept,
		"AUTH_DATABASE_URL=memory:", "AUTH_BCRYPT_COST=4", "AUTH_COMMON_PASSWORDS=allow", "AUTH_EMAIL_SINK=socket",
		"AUTH_EMAIL_LIMITS=false", "AUTH_THROTTLE=false",
		"MVP_AUTH_RUNTIME_DIR="+filepath.Join(p.directory, "run"),
		"MVP_AUTH_STATE_DIR="+filepath.Join(p.directory, "state"),
	), p.settings...)
}

// isForeign reports whether a variable of the test's own environment would configure the daemon.
func isForeign(variable string) bool {
	for _, prefix := range []string{
		"AUTH_", "MVP_AUTH", "LISTEN_", "NOTIFY_", "WATCHDOG_",
		"RUNTIME_DIRECTORY=", "STATE_DIRECTORY=", "CREDENTIALS_DIRECTORY=",
	} {
		if strings.HasPrefix(variable, prefix) {
			return true
		}
	}
	return false
}
