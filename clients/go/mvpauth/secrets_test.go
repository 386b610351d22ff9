package mvpauth_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"strings"
	"testing"

	"example.org/mvp-auth/clients/go/internal/fake"
	"example.org/mvp-auth/clients/go/mvpauth"
)

const canary = "canary-8d1f"

// checkFormats fails when a way to write the value shows the secret.
func checkFormats(t *testing.T, name string, value any) {
	t.Helper()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
		written := fmt.Sprintf(verb, value) + fmt.Sprintf(verb, []any{value}) + fmt.Sprintf(verb, struct{ Value any }{value})
		if strings.Contains(written, canary) || strings.Contains(written, fmt.Sprintf("%x", canary)) {
			t.Errorf("%s by %s: %s", name, verb, written)
		}
	}
	var logged bytes.Buffer
	log.New(&logged, "", 0).Print(value)
	if strings.Contains(logged.String(), canary) {
		t.Errorf("%s in the log: %s", name, &logged)
	}
}

func TestTrap17NoSecretIsWritten(t *testing.T) {
	_, auth := startFake(t, func(peer *fake.Peer) {
		for call := peer.Read(); call != nil; call = peer.Read() {
			switch call.Method {
			case "user.register":
				peer.Fail(call, map[string]any{"code": 42201, "message": "The password is not acceptable."})
			case "user.verify_email":
				peer.Raw("{\"" + canary)
				return
			default:
				peer.Reply(call, pairNamed(canary))
			}
		}
	})
	auth.Observe = func(_ context.Context, call mvpauth.Call) { checkFormats(t, "a call", call) }
	pair, err := auth.Login(long(t), "ada@example.org", canary, &mvpauth.Device{Info: "x"})
	if err != nil || pair.AccessToken != "access-"+canary {
		t.Fatal(err)
	}
	checkFormats(t, "a pair", pair)
	checkFormats(t, "a pair's value", *pair)
	checkFormats(t, "an actor", mvpauth.AccessToken(canary))
	checkFormats(t, "a source", mvpauth.NewTokenSource(auth, pair, mvpauth.TokenSourceOptions{}))
	checkFormats(t, "a device", &mvpauth.Device{Token: canary})
	checkFormats(t, "a device's value", mvpauth.Device{Token: canary})
	checkFormats(t, "an email", &mvpauth.Email{Token: canary, Link: canary})
	checkFormats(t, "an email's value", mvpauth.Email{Token: canary, Link: canary})
	for _, provoke := range []func() error{
		func() error { _, err := auth.Register(long(t), "ada@example.org", canary); return err },
		func() error { _, err := auth.Register(long(t), canary+"\x00", canary+"\xff"); return err },
		func() error { _, err := auth.VerifyEmail(long(t), canary); return err },
		func() error { _, err := auth.CurrentUser(long(t), mvpauth.RefreshToken(canary)); return err },
		func() error { _, err := auth.CurrentUser(long(t), mvpauth.AccessToken(canary)); return err },
		func() error { return auth.Call(long(t), "x", map[string]any{"password": canary, "f": func() {}}, nil) },
		func() error { return auth.Call(long(t), "x", json.RawMessage(canary), nil) },
	} {
		err := provoke()
		if err == nil {
			t.Error("it did not fail")
		}
		for ; err != nil; err = errors.Unwrap(err) {
			checkFormats(t, "an error", err)
		}
	}
	if text, err := json.Marshal(pair); err != nil || !strings.Contains(string(text), canary) {
		t.Errorf("a pair cannot be saved: %s, %v", text, err)
	}
}
