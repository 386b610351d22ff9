'use strict'

/**
 * The lane of the calls that hash a password: at most half of what the daemon takes from a connection, the rest waits
 * here in order. At its limit the daemon stops reading, and everybody's `verify` would wait behind the hashing.
 */
class HashingLane {
  #inFlight = new Set()
  #waiting = []

  constructor(callsInFlight) {
    this.resize(callsInFlight)
  }

  resize(callsInFlight) {
    this.limit = Math.max(1, Math.floor(callsInFlight / 2))
  }

  /** Whether the call may be sent now; otherwise it waits for `leave` to name it. */
  enter(exchange) {
    if (this.#inFlight.size < this.limit) {
      this.#inFlight.add(exchange.id)
      return true
    }
    this.#waiting.push(exchange)
    return false
  }

  /** The call is answered, or was given up before it was sent. Answers those that may be sent now. */
  leave(id) {
    if (!this.#inFlight.delete(id)) return []
    const next = []
    while (this.#waiting.length > 0 && this.#inFlight.size < this.limit) {
      const exchange = this.#waiting.shift()
      if (exchange.isSettled) continue
      this.#inFlight.add(exchange.id)
      next.push(exchange)
    }
    return next
  }
}

module.exports = { HashingLane }
