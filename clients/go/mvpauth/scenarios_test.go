package mvpauth_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"example.org/mvp-auth/clients/go/mvpauth"
)

func TestScenarioTheLifeOfAnAccount(t *testing.T) {
	daemon := startDaemon(t)
	auth := daemon.Client()
	if err := auth.Ready(ctx); err != nil {
		t.Fatal(err)
	}
	user, err := auth.Register(ctx, "Ada@Example.org", password)
	if err != nil || user.Email != "ada@example.org" || user.IsVerified || user.CreatedAt.IsZero() {
		t.Fatalf("%+v, %v", user, err)
	}
	if _, err := auth.Register(ctx, "ada@example.org", password); !errors.Is(err, mvpauth.UserExists) {
		t.Errorf("a second one: %v", err)
	}
	_, err = auth.Register(ctx, "b@example.org", "short")
	if field := failure(t, err).Fields[0]; field.Path != "password" || !strings.HasSuffix(err.Error(), " (password "+field.Reason+")") {
		t.Errorf("a short password: %v", err)
	}
	verified, err := auth.VerifyEmail(ctx, daemon.Email("ada@example.org", "verification_email").Token)
	if err != nil || !verified.IsVerified {
		t.Fatalf("%+v, %v", verified, err)
	}
	if _, err := auth.Login(ctx, "ada@example.org", "wrong", nil); !errors.Is(err, mvpauth.InvalidCredentials) {
		t.Errorf("a wrong password: %v", err)
	}
	device := &mvpauth.Device{Info: "Firefox\x00 " + strings.Repeat("é", 400), IP: "192.0.2.7"}
	pair, err := auth.Login(ctx, "ada@example.org", password, device)
	if err != nil || pair.TokenType != "bearer" {
		t.Fatal(err)
	}
	who := mvpauth.AccessToken(pair.AccessToken)
	payload, err := auth.Verify(ctx, pair.AccessToken)
	if err != nil || payload.Sub != user.ID || payload.SessionID == "" {
		t.Fatalf("%+v, %v", payload, err)
	}
	current, err := auth.CurrentUser(ctx, who)
	if err != nil || current.ID != user.ID {
		t.Fatalf("%+v, %v", current, err)
	}
	if byID, err := auth.CurrentUser(ctx, mvpauth.UserID(user.ID)); err != nil || *byID != *current {
		t.Errorf("by its id: %+v, %v", byID, err)
	}
	sessions, err := auth.Sessions(ctx, who)
	if err != nil || len(sessions) != 1 || !sessions[0].Current || sessions[0].IPAddress != "192.0.2.7" ||
		len(sessions[0].DeviceInfo) > 512 || !strings.HasPrefix(sessions[0].DeviceInfo, "Firefox é") {
		t.Fatalf("%+v, %v", sessions, err)
	}
	renewed, err := auth.Refresh(ctx, pair.RefreshToken, nil)
	if err != nil || renewed.RefreshToken == pair.RefreshToken {
		t.Fatal(err)
	}
	if _, err := auth.ChangePassword(ctx, mvpauth.AccessToken(renewed.AccessToken), password, "a new long phrase"); err != nil {
		t.Fatal(err)
	}
	if _, err := auth.Verify(ctx, renewed.AccessToken); !errors.Is(err, mvpauth.TokenRevoked) {
		t.Errorf("after the change: %v", err)
	}
	if _, err := auth.ForgotPassword(ctx, "ada@example.org"); err != nil {
		t.Fatal(err)
	}
	reset := daemon.Email("ada@example.org", "password_reset_email").Token
	if _, err := auth.ResetPassword(ctx, reset, password); err != nil {
		t.Fatal(err)
	}
	if _, err := auth.ResetPassword(ctx, reset, password); !errors.Is(err, mvpauth.InvalidVerificationToken) {
		t.Errorf("a link works once: %v", err)
	}
	first, second := mustLogin(t, auth), mustLogin(t, auth)
	if _, err := auth.Logout(ctx, mvpauth.RefreshToken(first.RefreshToken)); err != nil {
		t.Error(err)
	}
	if all, err := auth.LogoutAll(ctx, mvpauth.AccessToken(second.AccessToken)); err != nil || all.Revoked != 1 {
		t.Errorf("%+v, %v", all, err)
	}
}

func mustLogin(t *testing.T, auth *mvpauth.Client) *mvpauth.TokenPair {
	t.Helper()
	pair, err := auth.Login(ctx, "ada@example.org", password, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

func TestScenarioSessionsAreEnded(t *testing.T) {
	daemon := startDaemon(t)
	auth := daemon.Client()
	pair := register(t, auth, "ada@example.org")
	who := mvpauth.AccessToken(pair.AccessToken)
	other := mustLogin(t, auth)
	payload, err := auth.Verify(ctx, other.AccessToken)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := auth.RevokeSession(ctx, who, payload.SessionID); err != nil {
		t.Fatal(err)
	}
	if _, err := auth.Refresh(ctx, other.RefreshToken, nil); !errors.Is(err, mvpauth.TokenRevoked) {
		t.Error(err)
	}
	if _, err := auth.RevokeSession(ctx, who, "5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10"); !errors.Is(err, mvpauth.SessionNotFound) {
		t.Error(err)
	}
	if _, err := auth.Refresh(ctx, pair.RefreshToken, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := auth.Refresh(ctx, pair.RefreshToken, nil); !errors.Is(err, mvpauth.TokenReuse) {
		t.Error(err)
	}
}

func TestScenarioAnyMethodByItsName(t *testing.T) {
	auth := startDaemon(t).Client()
	var info mvpauth.InfoReply
	if err := auth.Call(ctx, "system.info", nil, &info); err != nil || info.Store != "memory" {
		t.Errorf("%+v, %v", info, err)
	}
	var document struct{ OpenRPC string }
	if err := auth.Call(ctx, "rpc.discover", map[string]any{}, &document); err != nil || document.OpenRPC == "" {
		t.Errorf("%+v, %v", document, err)
	}
	if err := auth.Call(ctx, "no.such", json.RawMessage("{\n}"), nil); !errors.Is(err, mvpauth.MethodNotFound) {
		t.Error(err)
	}
	pong, err := auth.Ping(ctx)
	if err != nil || !pong.Pong {
		t.Error(err)
	}
}

func TestScenarioADeviceIsRemembered(t *testing.T) {
	auth := startDaemon(t).Client()
	if _, err := auth.Register(ctx, "ada@example.org", password, mvpauth.ClientIP("192.0.2.1")); err != nil {
		t.Fatal(err)
	}
	plain, err := auth.Login(ctx, "ada@example.org", password, &mvpauth.Device{IP: "192.0.2.1"})
	if err != nil || plain.DeviceToken != "" {
		t.Errorf("%v, %v", plain, err)
	}
	device := mvpauth.Device{Remember: true}
	for i := 0; i < 2; i++ {
		pair, err := auth.Login(ctx, "ada@example.org", password, &device)
		if err != nil || pair.DeviceToken == "" || pair.DeviceToken == device.Token {
			t.Fatalf("%v, %v", pair, err)
		}
		device.Token = pair.DeviceToken
		if _, err := auth.Refresh(ctx, pair.RefreshToken, &device); err != nil {
			t.Error(err)
		}
	}
}

func TestScenarioAKeyRepeatsTheAnswer(t *testing.T) {
	auth := startDaemon(t).Client()
	key := mvpauth.IdempotencyKey("one-intention-only")
	first, err := auth.Register(ctx, "ada@example.org", password, key)
	if err != nil {
		t.Fatal(err)
	}
	second, err := auth.Register(ctx, "ada@example.org", password, key)
	if err != nil || *first != *second {
		t.Errorf("%+v, %v", second, err)
	}
	_, err = auth.Register(ctx, "ada@example.org", password, mvpauth.IdempotencyKey("short"))
	if failure(t, err).Fields[0].Path != "idempotency_key" {
		t.Error(err)
	}
}

func TestScenarioRolesAreGivenUp(t *testing.T) {
	daemon := startDaemon(t)
	user, err := daemon.Client().Register(ctx, "ada@example.org", password)
	if err != nil {
		t.Fatal(err)
	}
	modest := &mvpauth.Client{Socket: daemon.Socket, Roles: []string{"client"}}
	defer modest.Close()
	if _, err := modest.CurrentUser(ctx, mvpauth.UserID(user.ID)); !errors.Is(err, mvpauth.PermissionDenied) {
		t.Error(err)
	}
}
