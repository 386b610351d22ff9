//go:build go1.21

package mvpauth_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"example.org/mvp-auth/clients/go/mvpauth"
)

func TestTrap17NoSecretIsInAStructuredLog(t *testing.T) {
	pair := &mvpauth.TokenPair{AccessToken: canary, RefreshToken: canary}
	email := &mvpauth.Email{Token: canary}
	var logged bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewJSONHandler(&logged, nil), slog.NewTextHandler(&logged, nil)} {
		slog.New(handler).Info("x", "a", pair, "b", *pair, "c", email, "d", mvpauth.AccessToken(canary), "e", *email)
	}
	if strings.Contains(logged.String(), canary) || !strings.Contains(logged.String(), "TokenPair") {
		t.Error(logged.String())
	}
}
