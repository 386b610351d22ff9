'use strict'

const REMEMBERED = 1024

/**
 * What became of the deliveries of this process: those that are held, and the last ones that were settled. The daemon
 * hands an email out at least once; by this it is handled once in a process.
 */
class Ledger {
  #held = new Map()
  #settled = new Map()

  /** How the delivery was settled before; undefined when it was not. */
  settled(id) {
    return this.#settled.get(id)
  }

  isHeld(id) {
    return this.#held.has(id)
  }

  hold(email) {
    this.#held.set(email.deliveryId, email)
  }

  /** Forgets a delivery that nobody began: the daemon gives it to somebody again. */
  release(email) {
    this.#held.delete(email.deliveryId)
  }

  settle(acknowledgement) {
    const id = acknowledgement.delivery_id
    this.#held.delete(id)
    // What is to be tried again comes again under the same id.
    if (acknowledgement.status === 'retry') return
    this.#settled.set(id, acknowledgement)
    if (this.#settled.size > REMEMBERED) this.#settled.delete(this.#settled.keys().next().value)
  }
}

module.exports = { Ledger }
