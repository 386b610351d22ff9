'use strict'

const { now } = require('../calls/request.cjs')

/** How exact deadlines are, in milliseconds. */
const GRAIN = 20
const LONGEST = 2 ** 31 - 1

/**
 * Calls back once what has arrived has been looked at. In a process that was busy, timers go off before that: without
 * this an answer that came in time would be late.
 */
function afterArrivals(callback) {
  setImmediate(callback)
}

/** One timer for all calls of a connection: one for each would cost more than the call. */
class Deadlines {
  #timer
  #at = Infinity
  #sweep

  constructor(sweep) {
    this.#sweep = sweep
  }

  /** From now on the sweep comes by this time at the latest. */
  include(deadline) {
    if (deadline >= this.#at) return
    const time = now()
    clearTimeout(this.#timer)
    const delay = Math.min(Math.max(GRAIN, deadline - time), LONGEST)
    this.#at = time + delay
    this.#timer = setTimeout(() => {
      this.#at = Infinity
      afterArrivals(this.#sweep)
    }, delay)
    // The socket keeps the process alive while a call waits.
    this.#timer.unref()
  }

  clear() {
    clearTimeout(this.#timer)
    this.#at = Infinity
  }
}

module.exports = { afterArrivals, Deadlines }
