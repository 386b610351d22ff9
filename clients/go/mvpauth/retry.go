package mvpauth

import (
	"context"
	"math/rand"
	"sync"
	"time"
)

// attempts is how often a call is made in all, not counting attempts to connect.
const attempts = 4

// pause says how long to wait before a call is made again; false: it is not.
//
// That is done only where it cannot do the call twice: nothing was done, or the method is idempotent, or the call
// carries a key that makes it so.
func pause(failure *Error, attempt, most int, repeatable bool) (time.Duration, bool) {
	switch {
	case attempt >= most, !failure.Retryable, failure.Executed && !repeatable, failure.Code == DeadlineExceeded:
		return 0, false
	case failure.RetryAfter > 0:
		// With a jitter, or everybody would come back at once.
		return failure.RetryAfter + between(0, failure.RetryAfter/4), true
	}
	return backoff(attempt + 2), true
}

// backoff is full jitter: somewhere between nothing and twice as long as before, up to a second.
func backoff(failures int) time.Duration {
	most := time.Second
	if failures < 7 {
		most = 10 * time.Millisecond << failures
	}
	return between(0, most)
}

// sleep waits; false when the context was done before.
func sleep(ctx context.Context, duration time.Duration) bool {
	timer := time.NewTimer(duration)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

var (
	randomMutex sync.Mutex
	// Before Go 1.20 the global source gives the same numbers to every process.
	random = rand.New(rand.NewSource(time.Now().UnixNano()))
)

func between(least, most time.Duration) time.Duration {
	if most <= least {
		return least
	}
	randomMutex.Lock()
	defer randomMutex.Unlock()
	return least + time.Duration(random.Int63n(int64(most-least)))
}
