'use strict'

/** How often a call is made in all, not counting attempts to connect. */
const ATTEMPTS = 4

/**
 * How long to wait before another attempt, in milliseconds; null when there is none.
 *
 * A call is made again only if that cannot do it twice: nothing was done, or the method is idempotent, or the call
 * carries a key that makes it so.
 */
function retryDelay(error, attempt, isRepeatable) {
  if (attempt >= ATTEMPTS || !error.retryable || (error.executed && !isRepeatable)) return null
  if (error.code === 'DEADLINE_EXCEEDED') return null
  // Not all who were told the same time at once.
  if (error.retryAfter !== null) return error.retryAfter * (1 + Math.random() / 4)
  return backoff(attempt + 2)
}

/** Full jitter: somewhere between nothing and twice as long as before, up to a second. */
function backoff(failures) {
  return Math.random() * Math.min(1000, 10 * 2 ** Math.min(failures, 10))
}

module.exports = { backoff, retryDelay }
