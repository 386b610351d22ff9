package httpauth

import (
	"context"
	"net/http"
	"sync"

	"example.org/mvp-auth/clients/go/mvpauth"
)

// An Option says what [Require] demands.
type Option func(*demands)

type demands struct {
	isOptional bool
	isVerified bool
	needsUser  bool
}

// Optional lets requests without an Authorization header through. A bad token is refused all the same.
func Optional() Option { return func(d *demands) { d.isOptional = true } }

// WithUser has [Require] ask for the account instead of the claims: where every handler uses [User] that saves a call.
func WithUser() Option { return func(d *demands) { d.needsUser = true } }

// Verified refuses users whose address is not verified, with 403. It includes [WithUser].
func Verified() Option { return func(d *demands) { d.isVerified, d.needsUser = true, true } }

// Require is a middleware that lets only requests with a living access token through. It makes one call of the daemon
// for each, so that a session that was ended is refused at once.
func Require(auth *mvpauth.Client, options ...Option) func(http.Handler) http.Handler {
	var demands demands
	for _, option := range options {
		option(&demands)
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if len(r.Header.Values("Authorization")) == 0 && demands.isOptional {
				next.ServeHTTP(w, r)
				return
			}
			caller, err := demands.check(r, auth)
			if err != nil {
				// What is answered depends on the token, whoever stands in between.
				w.Header().Add("Vary", "Authorization")
				Error(w, err)
				return
			}
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callerKey{}, caller)))
		})
	}
}

func (d demands) check(r *http.Request, auth *mvpauth.Client) (*caller, error) {
	token := bearerToken(r)
	if token == "" {
		return nil, missingToken()
	}
	caller := &caller{auth: auth, token: token}
	if !d.needsUser {
		_, err := caller.payload.get(func() (*mvpauth.TokenPayload, error) { return auth.Verify(r.Context(), token) })
		return caller, err
	}
	user, err := caller.currentUser(r.Context())
	if err == nil && d.isVerified && !user.IsVerified {
		err = &mvpauth.Error{Code: mvpauth.EmailNotVerified, Number: 40301, Message: "Email not verified"}
	}
	return caller, err
}

// Payload is the claims of the request's access token. Its error is [mvpauth.TokenInvalid] where no [Require] has let
// a token through.
func Payload(ctx context.Context) (*mvpauth.TokenPayload, error) {
	caller, isKnown := ctx.Value(callerKey{}).(*caller)
	if !isKnown {
		return nil, missingToken()
	}
	return caller.payload.get(func() (*mvpauth.TokenPayload, error) { return caller.auth.Verify(ctx, caller.token) })
}

// User is the account of the request. It is asked for once a request, with the first use or by [WithUser].
func User(ctx context.Context) (*mvpauth.User, error) {
	caller, isKnown := ctx.Value(callerKey{}).(*caller)
	if !isKnown {
		return nil, missingToken()
	}
	return caller.currentUser(ctx)
}

// Token is the request's access token, for calls in the user's name: mvpauth.AccessToken(token). It is false where no
// [Require] has let one through.
func Token(ctx context.Context) (string, bool) {
	caller, isKnown := ctx.Value(callerKey{}).(*caller)
	if !isKnown {
		return "", false
	}
	return caller.token, true
}

type callerKey struct{}

// A caller is whoever makes a request.
type caller struct {
	auth    *mvpauth.Client
	token   string
	payload kept[mvpauth.TokenPayload]
	user    kept[mvpauth.User]
}

func (c *caller) currentUser(ctx context.Context) (*mvpauth.User, error) {
	return c.user.get(func() (*mvpauth.User, error) { return c.auth.CurrentUser(ctx, mvpauth.AccessToken(c.token)) })
}

// kept is a value that is asked for once; a failure is not kept.
type kept[Value any] struct {
	mu    sync.Mutex
	value *Value
}

func (k *kept[Value]) get(ask func() (*Value, error)) (*Value, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.value != nil {
		return k.value, nil
	}
	value, err := ask()
	if err == nil {
		k.value = value
	}
	return value, err
}
