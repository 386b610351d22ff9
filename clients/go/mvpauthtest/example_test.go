package mvpauthtest_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"example.org/mvp-auth/clients/go/httpauth"
	"example.org/mvp-auth/clients/go/mvpauthtest"
)

// This request is Ada: her token is in the table of the stub.
func ExampleStubAuth() {
	// In a file of tests, and with the test's own t.
	_ = func(t *testing.T) {
		stub := mvpauthtest.StubAuth(t, map[string]string{"ada-token": "ada@example.org"})
		server := httptest.NewServer(httpauth.Require(stub.Client)(http.NotFoundHandler()))
		defer server.Close()
	}
}

func ExampleDaemon() {
	_ = func(t *testing.T) {
		daemon := mvpauthtest.Daemon(t, "AUTH_MIN_PASSWORD_LENGTH=12")
		auth := daemon.Client()
		if _, err := auth.Register(ctx, "ada@example.org", "correct horse battery"); err != nil {
			t.Fatal(err)
		}
		token := daemon.Email("ada@example.org", "verification_email").Token
		if _, err := auth.VerifyEmail(ctx, token); err != nil {
			t.Fatal(err)
		}
	}
}
