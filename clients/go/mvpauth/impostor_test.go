//go:build linux

package mvpauth_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"example.org/mvp-auth/clients/go/internal/fake"
	"example.org/mvp-auth/clients/go/mvpauth"
)

const stranger = 54321

// TestMain serves as the program of another user, when it is started as that.
func TestMain(m *testing.M) {
	path := os.Getenv("MVPAUTH_TEST_IMPOSTOR")
	if path == "" {
		os.Exit(m.Run())
	}
	if _, err := fake.StartAt(path, answering); err != nil {
		panic(err)
	}
	os.Stdout.WriteString("ready\n")
	// Until the test lets go of the pipe.
	bufio.NewReader(os.Stdin).ReadByte()
}

func TestTrap19AnImpostorOnTheDaemonsPathIsRefused(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root, to be another user")
	}
	directory, err := os.MkdirTemp("", "mvpauth-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(directory)
	if err := os.Chmod(directory, 0o777); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(directory, "program")
	if text, err := os.ReadFile("/proc/self/exe"); err != nil || os.WriteFile(program, text, 0o755) != nil {
		t.Fatal(err)
	}
	path := filepath.Join(directory, "s")
	impostor := exec.Command(program)
	impostor.Env = []string{"MVPAUTH_TEST_IMPOSTOR=" + path}
	impostor.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: stranger, Gid: stranger}}
	input, _ := impostor.StdinPipe()
	output, _ := impostor.StdoutPipe()
	if err := impostor.Start(); err != nil {
		t.Fatal(err)
	}
	defer impostor.Wait()
	defer input.Close()
	if _, err := bufio.NewReader(output).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o666); err != nil {
		t.Fatal(err)
	}

	var warnings []string
	warn := func(message string) { warnings = append(warnings, message) }
	auth := &mvpauth.Client{Socket: path, Warn: warn}
	defer auth.Close()
	_, err = auth.Login(long(t), "ada@example.org", password, nil)
	if said := failure(t, err); said.Code != mvpauth.Unavailable || said.Retryable || !strings.Contains(said.Message, "54321") {
		t.Errorf("%+v", err)
	}
	if len(warnings) != 0 {
		t.Errorf("%v", warnings)
	}
	uid := stranger
	trusting := &mvpauth.Client{Socket: path, DaemonUID: &uid, Warn: warn}
	defer trusting.Close()
	if _, err := trusting.Ping(long(t)); err != nil {
		t.Error(err)
	}
	if len(warnings) != 1 || !strings.Contains(warnings[0], directory) {
		t.Errorf("%v", warnings)
	}
	// The owner of the directory may serve what is in it.
	if err := os.Chown(directory, stranger, stranger); err != nil {
		t.Fatal(err)
	}
	owned := &mvpauth.Client{Socket: path, Warn: warn}
	defer owned.Close()
	if _, err := owned.Ping(long(t)); err != nil || len(warnings) != 1 {
		t.Errorf("%v, %v", err, warnings)
	}
}
