package mvpauth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// A TokenSource gives a living access token, and refreshes the pair behind it when that is due.
//
//	source := mvpauth.NewTokenSource(auth, pair, mvpauth.TokenSourceOptions{OnUpdate: save})
//	token, err := source.AccessToken(ctx)
//
// However many ask, there is one refresh at a time, and a caller whose context ends does not stop it: the pair that
// it brings would be lost. Time is that of the monotonic clock since the pair came, as the host's clock may be wrong.
type TokenSource struct {
	client  *Client
	options TokenSourceOptions
	now     func() time.Time

	mu     sync.Mutex
	pair   TokenPair
	due    time.Time
	expiry time.Time
	// retryAt is until when nobody tries again after a refresh that failed for a passing reason.
	retryAt time.Time
	// key is one for each refresh token, over every attempt to use it.
	key     string
	isSaved bool
	lost    *Error
	flight  *flight
}

// TokenSourceOptions are what a [TokenSource] does besides; all of it may be left out. The contexts that the
// functions get have the values of the caller that began the refresh, and no end.
type TokenSourceOptions struct {
	// OnUpdate is called with each new pair before anybody gets its token: save it here. While it fails nobody gets
	// the token, and it is called again.
	OnUpdate func(ctx context.Context, pair *TokenPair) error

	// OnLost is called once, when the session is over.
	OnLost func(ctx context.Context, err *Error)

	// Age is how long ago the pair was made; negative when that is not known.
	Age time.Duration

	// Lock and Load are for several processes that share one stored pair: Lock excludes the others until unlock is
	// called, and Load, called in between, gives the pair that is stored now, or nil.
	Lock func(ctx context.Context) (unlock func(), err error)
	Load func(ctx context.Context) (*TokenPair, error)
}

// A flight is a refresh that is under way.
type flight struct {
	done chan struct{}
	err  error
}

// NewTokenSource is a source that begins with the pair.
func NewTokenSource(client *Client, pair *TokenPair, options TokenSourceOptions) *TokenSource {
	s := &TokenSource{client: client, options: options, now: time.Now, isSaved: true}
	s.adopt(*pair, options.Age)
	return s
}

// AccessToken is a living access token. A refresh that fails for a passing reason is not noticed before the old token
// has expired. Once the session is over the error is always the same.
func (s *TokenSource) AccessToken(ctx context.Context) (string, error) {
	s.mu.Lock()
	now := s.now()
	isFresh := s.isSaved && (now.Before(s.due) || now.Before(s.retryAt))
	token, lost := s.pair.AccessToken, s.lost
	s.mu.Unlock()
	if lost != nil {
		return "", lost
	}
	if isFresh {
		return token, nil
	}
	if err := s.refresh(ctx, false); err != nil {
		return "", err
	}
	return s.Pair().AccessToken, nil
}

// Refresh refreshes the pair also if that is not due yet, for instance after a call was answered with [TokenExpired].
// It joins a refresh that is under way.
func (s *TokenSource) Refresh(ctx context.Context) error { return s.refresh(ctx, true) }

// Pair is the pair of this moment. Its access token may be old.
func (s *TokenSource) Pair() *TokenPair {
	s.mu.Lock()
	defer s.mu.Unlock()
	pair := s.pair
	return &pair
}

// Close waits for a refresh that is under way, so that its pair is saved.
func (s *TokenSource) Close() error {
	s.mu.Lock()
	flight := s.flight
	s.mu.Unlock()
	if flight != nil {
		<-flight.done
	}
	return nil
}

// Format writes no token, whatever the verb.
func (s *TokenSource) Format(state fmt.State, _ rune) { io.WriteString(state, "TokenSource{secret}") }

func (s *TokenSource) refresh(ctx context.Context, force bool) error {
	s.mu.Lock()
	if s.lost != nil {
		defer s.mu.Unlock()
		return s.lost
	}
	f := s.flight
	if f == nil {
		if force {
			s.due, s.retryAt = time.Time{}, time.Time{}
		}
		f = &flight{done: make(chan struct{})}
		s.flight = f
		go s.fly(withoutCancel{ctx}, f)
	}
	s.mu.Unlock()
	select {
	case <-f.done:
		return f.err
	case <-ctx.Done():
		return left(ctx, true)
	}
}

func (s *TokenSource) fly(ctx context.Context, f *flight) {
	// Also when a function of the application panics: nobody shall wait for ever.
	defer func() {
		s.mu.Lock()
		s.flight = nil
		s.mu.Unlock()
		close(f.done)
	}()
	f.err = &Error{Code: Unavailable, Message: "The refresh did not end.", Executed: true}
	f.err = s.settle(ctx, s.renew(ctx))
}

// renew brings a pair whose refresh is due up to date.
func (s *TokenSource) renew(ctx context.Context) error {
	if s.options.Lock != nil {
		unlock, err := s.options.Lock(ctx)
		if err != nil {
			return err
		}
		defer unlock()
	}
	if err := s.save(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	isDue, pair, key := !s.now().Before(s.due), s.pair, s.key
	s.mu.Unlock()
	if !isDue {
		return nil
	}
	if s.options.Load != nil {
		isLoaded, err := s.load(ctx, pair)
		if err != nil || isLoaded {
			return err
		}
		s.mu.Lock()
		pair, key = s.pair, s.key
		s.mu.Unlock()
	}
	renewed, err := s.client.Refresh(ctx, pair.RefreshToken, nil, IdempotencyKey(key))
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.adopt(*renewed, 0)
	s.isSaved = false
	s.mu.Unlock()
	return s.save(ctx)
}

// settle decides what a failed refresh means.
func (s *TokenSource) settle(ctx context.Context, err error) error {
	var failure *Error
	if !errors.As(err, &failure) {
		return err
	}
	if isDead(failure.Code) {
		s.mu.Lock()
		s.lost = failure
		s.mu.Unlock()
		if s.options.OnLost != nil {
			s.options.OnLost(ctx, failure)
		}
		return failure
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if !failure.Retryable || !now.Before(s.expiry) || !s.isSaved {
		return err
	}
	// The old token is good for a while yet; not everybody who asks tries again.
	s.retryAt = now.Add(between(500*time.Millisecond, 1500*time.Millisecond))
	if s.retryAt.After(s.expiry) {
		s.retryAt = s.expiry
	}
	return nil
}

func isDead(code Code) bool {
	switch code {
	case TokenExpired, TokenInvalid, TokenReuse, TokenRevoked, UserInactive:
		return true
	}
	return false
}

// save hands a new pair to the application, until it has it.
func (s *TokenSource) save(ctx context.Context) error {
	s.mu.Lock()
	pair, isSaved := s.pair, s.isSaved
	s.mu.Unlock()
	if isSaved {
		return nil
	}
	if s.options.OnUpdate != nil {
		if err := s.options.OnUpdate(ctx, &pair); err != nil {
			return err
		}
	}
	s.mu.Lock()
	s.isSaved = true
	s.mu.Unlock()
	return nil
}

// load reports whether another process has refreshed the pair, and its token is alive.
func (s *TokenSource) load(ctx context.Context, pair TokenPair) (bool, error) {
	stored, err := s.options.Load(ctx)
	if err != nil || stored == nil || stored.RefreshToken == pair.RefreshToken {
		return false, err
	}
	s.mu.Lock()
	s.adopt(*stored, -1)
	s.mu.Unlock()
	payload, err := s.client.Verify(ctx, stored.AccessToken)
	if errors.Is(err, TokenExpired) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	lifetime := time.Duration(payload.Exp-payload.Iat) * time.Second
	age := time.Since(time.Unix(payload.Iat, 0))
	if age < 0 {
		age = 0
	} else if age > lifetime/2 {
		// The daemon has just said that it lives: the clock of this host may be wrong.
		age = lifetime / 2
	}
	s.mu.Lock()
	s.adopt(*stored, age)
	s.mu.Unlock()
	return true, nil
}

// adopt makes the pair the source's. The lock is held.
func (s *TokenSource) adopt(pair TokenPair, age time.Duration) {
	s.pair, s.key = pair, newKey()
	s.due, s.expiry, s.retryAt = time.Time{}, time.Time{}, time.Time{}
	if age < 0 {
		return
	}
	lifetime := time.Duration(pair.ExpiresIn) * time.Second
	made := s.now().Add(-age)
	// Not all processes at once: up to a tenth earlier.
	s.due = made.Add(between(lifetime*7/10, lifetime*8/10))
	s.expiry = made.Add(lifetime)
}

// withoutCancel has the values of a context and not its end, as context.WithoutCancel of Go 1.21.
type withoutCancel struct{ parent context.Context }

func (withoutCancel) Deadline() (deadline time.Time, ok bool) { return }
func (withoutCancel) Done() <-chan struct{}                   { return nil }
func (withoutCancel) Err() error                              { return nil }
func (c withoutCancel) Value(key any) any                     { return c.parent.Value(key) }
