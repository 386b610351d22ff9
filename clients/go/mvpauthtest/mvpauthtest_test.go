package mvpauthtest_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"example.org/mvp-auth/clients/go/mvpauth"
	"example.org/mvp-auth/clients/go/mvpauthtest"
)

var ctx = context.Background()

const password = "correct horse battery"

func TestADaemonOfTheTestsOwn(t *testing.T) {
	if _, err := mvpauthtest.Find(); err != nil && os.Getenv("MVPAUTH_TEST_REQUIRES_DAEMON") == "" {
		t.Skip(err)
	}
	t.Setenv("AUTH_MIN_PASSWORD_LENGTH", "of somebody else")
	var socket string
	t.Run("inner", func(t *testing.T) {
		daemon := mvpauthtest.Daemon(t, "AUTH_MIN_PASSWORD_LENGTH=12")
		socket = daemon.Socket
		auth := daemon.Client()
		if _, err := auth.Register(ctx, "ada@example.org", "password123"); !errors.Is(err, mvpauth.PasswordValidation) {
			t.Error(err)
		}
		if _, err := auth.Register(ctx, "ada@example.org", password); err != nil {
			t.Fatal(err)
		}
		email := daemon.Email("ada@example.org", "")
		if user, err := auth.VerifyEmail(ctx, email.Token); err != nil || !user.IsVerified || email.Event != "verification_email" {
			t.Errorf("%+v, %v", user, err)
		}
		daemon.Stop()
		daemon.Start()
		if err := auth.Ready(ctx); err != nil {
			t.Error(err)
		}
	})
	if _, err := os.Stat(socket); !os.IsNotExist(err) {
		t.Errorf("it is still there: %v", err)
	}
}

func TestADaemonEndsWithItsProcess(t *testing.T) {
	if _, err := mvpauthtest.Find(); err != nil && os.Getenv("MVPAUTH_TEST_REQUIRES_DAEMON") == "" {
		t.Skip(err)
	}
	if path := os.Getenv("MVPAUTH_TEST_CHILD"); path != "" {
		daemon := mvpauthtest.Daemon(t)
		os.WriteFile(path, []byte(daemon.Socket), 0o600)
		select {}
	}
	path := t.TempDir() + "/socket"
	child := exec.Command(os.Args[0], "-test.run=TestADaemonEndsWithItsProcess")
	child.Env = append(os.Environ(), "MVPAUTH_TEST_CHILD="+path)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var socket []byte
	for end := time.Now().Add(time.Minute); len(socket) == 0 && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		socket, _ = os.ReadFile(path)
	}
	auth := &mvpauth.Client{Socket: string(socket), Timeout: time.Minute}
	if err := auth.Ready(ctx); err != nil {
		t.Error(err)
	}
	child.Process.Kill()
	child.Wait()
	defer os.RemoveAll(strings.TrimSuffix(string(socket), "/run/mvp-auth.sock"))
	auth.Close()
	for end := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		probe := &mvpauth.Client{Socket: string(socket), Timeout: 10 * time.Millisecond, Attempts: 1}
		_, err := probe.Ping(ctx)
		probe.Close()
		if err != nil {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the daemon lives on")
		}
	}
}

func TestAStubKnowsItsUsers(t *testing.T) {
	stub := mvpauthtest.StubAuth(t, map[string]string{"ada-token": "ada@example.org", "bob-token": "bob@example.org"})
	user, err := stub.CurrentUser(ctx, mvpauth.AccessToken("ada-token"))
	if err != nil || user.Email != "ada@example.org" || user.ID != stub.User("ada-token").ID {
		t.Fatalf("%+v, %v", user, err)
	}
	if payload, err := stub.Verify(ctx, "ada-token"); err != nil || payload.Sub != user.ID {
		t.Errorf("%+v, %v", payload, err)
	}
	if found, err := stub.FindUser(ctx, "bob@example.org"); err != nil || found.ID == user.ID {
		t.Errorf("%+v, %v", found, err)
	}
	if _, err := stub.Verify(ctx, "nobodys"); !errors.Is(err, mvpauth.TokenInvalid) {
		t.Error(err)
	}
	if _, err := stub.Register(ctx, "ada@example.org", "x"); !errors.Is(err, mvpauth.UserExists) {
		t.Error(err)
	}
	if _, err := stub.Register(ctx, "eve@example.org", "x"); err != nil {
		t.Error(err)
	}
	pair, err := stub.Login(ctx, "eve@example.org", "x", nil)
	if err != nil {
		t.Fatal(err)
	}
	if pair, err = stub.Refresh(ctx, pair.RefreshToken, nil); err != nil {
		t.Fatal(err)
	}
	who := mvpauth.AccessToken(pair.AccessToken)
	sessions, err := stub.Sessions(ctx, who)
	if err != nil || len(sessions) != 1 || !sessions[0].Current {
		t.Fatalf("%+v, %v", sessions, err)
	}
	if _, err := stub.RevokeSession(ctx, who, "another"); !errors.Is(err, mvpauth.SessionNotFound) {
		t.Error(err)
	}
	if _, err := stub.RevokeSession(ctx, who, sessions[0].ID); err != nil {
		t.Error(err)
	}
	if _, err := stub.CurrentUser(ctx, who); !errors.Is(err, mvpauth.TokenRevoked) {
		t.Error(err)
	}
	if _, err := stub.Logout(ctx, mvpauth.RefreshToken("refresh-bob-token")); err != nil {
		t.Error(err)
	}
	if all, err := stub.LogoutAll(ctx, mvpauth.AccessToken("ada-token")); err != nil || all.Revoked != 1 {
		t.Errorf("%+v, %v", all, err)
	}
	if message, err := stub.ForgotPassword(ctx, "ada@example.org"); err != nil || message.Message == "" {
		t.Error(err)
	}
	if pong, err := stub.Ping(ctx); err != nil || !pong.Pong {
		t.Error(err)
	}
	if calls := stub.Calls(); calls[0].Method != "user.get_current_user" || calls[0].Params["access_token"] != "ada-token" {
		t.Errorf("%v", calls)
	}
}

func TestAStubFailsOnDemand(t *testing.T) {
	stub := mvpauthtest.StubAuth(t, map[string]string{"ada-token": "ada@example.org"})
	stub.FailNext("auth.login", &mvpauth.Error{
		Code: mvpauth.RateLimited, Number: 42901, Retryable: true, RetryAfter: 2 * time.Second,
	})
	_, err := stub.Login(ctx, "ada@example.org", "x", nil)
	var failure *mvpauth.Error
	if !errors.As(err, &failure) || failure.Code != mvpauth.RateLimited || failure.RetryAfter != 2*time.Second || failure.HTTPStatus() != 429 {
		t.Errorf("%+v", err)
	}
	if _, err := stub.Login(ctx, "ada@example.org", "x", nil); err != nil {
		t.Error(err)
	}
}

func TestAScriptIsDoneStepByStep(t *testing.T) {
	pong := map[string]any{"pong": true}
	script := mvpauthtest.Script(t,
		mvpauthtest.Step{HangUp: true},
		mvpauthtest.Step{HangUp: true, Reply: pong, Cut: 10},
		mvpauthtest.Step{Delay: time.Millisecond, Fail: &mvpauth.Error{Code: mvpauth.StorageUnavailable, Number: -32010, Retryable: true}},
		mvpauthtest.Step{Drain: true, Reply: pong},
	)
	if _, err := script.Client.Ping(ctx); err != nil {
		t.Error(err)
	}
	if methods := script.Methods(); len(methods) != 4 {
		t.Errorf("%v", methods)
	}
	if _, err := script.Client.Ping(ctx); !errors.Is(err, mvpauth.InternalError) {
		t.Error(err)
	}
}
