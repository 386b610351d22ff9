package mvpauth_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"example.org/mvp-auth/clients/go/mvpauth"
	"example.org/mvp-auth/clients/go/mvpauthtest"
)

func nextEmail(t *testing.T, consumer *mvpauth.EmailConsumer) *mvpauth.Email {
	t.Helper()
	email, err := consumer.Next(long(t))
	if err != nil {
		t.Fatal(err)
	}
	return email
}

func mustRegister(t *testing.T, auth *mvpauth.Client, email string) *mvpauth.User {
	t.Helper()
	user, err := auth.Register(long(t), email, password)
	if err != nil {
		t.Fatal(err)
	}
	return user
}

func TestScenarioAnEmailArrivesOnce(t *testing.T) {
	auth := startDaemon(t).Client()
	user := mustRegister(t, auth, "ada@example.org")
	consumer := auth.Emails(long(t), nil)
	defer consumer.Close()
	first := nextEmail(t, consumer)
	if first.Event != "verification_email" || first.Email != "ada@example.org" || first.Attempt != 1 ||
		first.UserID != user.ID || !strings.HasSuffix(first.Link, "/verify-email?token="+first.Token) {
		t.Errorf("%v", first)
	}
	if verified, err := auth.VerifyEmail(ctx, first.Token); err != nil || !verified.IsVerified {
		t.Error(err)
	}
	if err := first.Ack(ctx); err != nil {
		t.Error(err)
	}
	// The next one that comes is the next one that was caused.
	if _, err := auth.ForgotPassword(ctx, "ada@example.org"); err != nil {
		t.Fatal(err)
	}
	second := nextEmail(t, consumer)
	if second.Event != "password_reset_email" || second.Attempt != 1 {
		t.Errorf("%v", second)
	}
	if _, err := auth.ResetPassword(ctx, second.Token, "another long phrase"); err != nil {
		t.Error(err)
	}
	if err := second.Ack(ctx); err != nil {
		t.Error(err)
	}
}

func TestScenarioWhatWasNotSettledComesAgain(t *testing.T) {
	auth := startDaemon(t).Client()
	mustRegister(t, auth, "ada@example.org")
	first := auth.Emails(long(t), nil)
	lost := nextEmail(t, first)
	first.Close()
	second := auth.Emails(long(t), nil)
	defer second.Close()
	again := nextEmail(t, second)
	if again.DeliveryID != lost.DeliveryID || again.Attempt != 2 {
		t.Errorf("%v after %v", again, lost)
	}
	if err := again.Retry(ctx, time.Millisecond, "once more"); err != nil {
		t.Error(err)
	}
	last := nextEmail(t, second)
	if last.DeliveryID != lost.DeliveryID || last.Attempt != 3 {
		t.Errorf("%v after %v", last, again)
	}
	if err := last.Ack(ctx); err != nil {
		t.Error(err)
	}
}

func TestScenarioConsumersShareTheEmails(t *testing.T) {
	auth := startDaemon(t).Client()
	var mu sync.Mutex
	taken := [2][]string{}
	both := make(chan struct{})
	running, stop := context.WithCancel(long(t))
	var consumers sync.WaitGroup
	for i := range taken {
		i := i
		consumer := auth.Emails(running, &mvpauth.EmailOptions{Prefetch: 1})
		consumers.Add(1)
		go func() {
			defer consumers.Done()
			_ = consumer.Run(running, func(ctx context.Context, email *mvpauth.Email) error {
				mu.Lock()
				taken[i] = append(taken[i], email.Email)
				if len(taken[i]) == 1 && len(taken[1-i]) > 0 {
					close(both)
				}
				mu.Unlock()
				// Nobody goes on before both have had one: with a prefetch of one there is no other way.
				<-both
				return nil
			})
		}()
	}
	var addresses []string
	for i := 0; i < 12; i++ {
		addresses = append(addresses, fmt.Sprintf("user%d@example.org", i))
		mustRegister(t, auth, addresses[i])
	}
	until(t, "the emails are settled", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(taken[0])+len(taken[1]) >= len(addresses)
	})
	stop()
	consumers.Wait()
	all := append(append([]string(nil), taken[0]...), taken[1]...)
	sort.Strings(all)
	sort.Strings(addresses)
	if strings.Join(all, " ") != strings.Join(addresses, " ") {
		t.Errorf("%v", taken)
	}
}

func TestScenarioAKilledDaemonLosesNothing(t *testing.T) {
	daemon := startDaemon(t, "AUTH_DATABASE_URL=", "AUTH_LOG_LEVEL=debug")
	auth := daemon.Client()
	var mu sync.Mutex
	var handled []string
	began, gate := make(chan struct{}, 2), make(chan struct{})
	running, stop := context.WithCancel(long(t))
	consumer := auth.Emails(running, &mvpauth.EmailOptions{AckTimeout: time.Second})
	done := make(chan error)
	go func() {
		done <- consumer.Run(running, func(ctx context.Context, email *mvpauth.Email) error {
			mu.Lock()
			handled = append(handled, fmt.Sprint(email.Email, " ", email.Attempt))
			mu.Unlock()
			began <- struct{}{}
			<-gate
			return nil
		})
	}()
	mustRegister(t, auth, "ada@example.org")
	<-began
	kill(t, daemon)
	// Sent while nobody hears of it: it comes again, and is only acknowledged again.
	close(gate)
	daemon.Start()
	mustRegister(t, auth, "bob@example.org")
	until(t, "the emails are settled", func() bool { return strings.Count(daemon.Log(), "an email was handed over") == 2 })
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if got := strings.Join(handled, ", "); got != "ada@example.org 1, bob@example.org 1" {
		t.Error(got)
	}
}

// kill ends the daemon as a fault would.
func kill(t *testing.T, daemon *mvpauthtest.Private) {
	t.Helper()
	mark := []byte("MVP_AUTH_RUNTIME_DIR=" + filepath.Dir(daemon.Socket) + "\x00")
	processes, _ := filepath.Glob("/proc/[0-9]*/comm")
	for _, path := range processes {
		name, _ := os.ReadFile(path)
		environment, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "environ"))
		if string(name) == "mvp-authd\n" && bytes.Contains(environment, mark) {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}
	}
	daemon.Stop()
}
