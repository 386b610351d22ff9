'use strict'

const { EmailEvent } = require('./event.cjs')
const { Ledger } = require('./ledger.cjs')
const { Subscription } = require('./subscription.cjs')

/** The emails that the daemon has handed out and nobody has begun, and the way back for what became of them. */
class Deliveries {
  /** Called when there may be something to take. */
  onArrival = () => {}

  #subscription
  #ackTimeout
  #ledger = new Ledger()
  #queue = []
  #isStarted = false
  #isOver = false

  /** @param options Those of a consumer; with `keepsAlive: false` a process may end while it waits for emails. */
  constructor(settings, { events, prefetch, ackTimeout, keepsAlive = true }) {
    this.#ackTimeout = ackTimeout
    this.#subscription = new Subscription(settings, { events, prefetch, ack_timeout_ms: ackTimeout }, {
      onEvent: (event) => this.#receive(event),
      // The daemon gives what nobody began to somebody else.
      onLost: () => this.#discard(),
      keepsAlive,
    })
  }

  /** Subscribes, for as long as this is open. `onFailed` is told when that can never work. */
  start(onSubscribed, onFailed) {
    if (this.#isStarted || this.#isOver) return
    this.#isStarted = true
    this.#subscription.run(onSubscribed).catch(onFailed)
  }

  /** The next email; undefined when there is none. One that has waited for too long is somebody else's by now. */
  take() {
    while (this.#queue.length > 0) {
      const { email, expiry } = this.#queue.shift()
      if (performance.now() < expiry) return email
      this.#ledger.release(email)
    }
    return undefined
  }

  /** No more emails. What is settled from now on is still acknowledged. */
  async stop() {
    this.#isOver = true
    this.#discard()
    if (this.#isStarted) await this.#subscription.unsubscribe()
  }

  close() {
    this.#isOver = true
    this.#discard()
    this.#subscription.close()
  }

  #receive(event) {
    const id = event.delivery_id
    const before = this.#ledger.settled(id)
    if (before !== undefined) this.#subscription.acknowledge(before)
    if (before !== undefined || this.#isOver || this.#ledger.isHeld(id)) return
    const email = new EmailEvent(event, (acknowledgement) => {
      this.#ledger.settle(acknowledgement)
      return this.#subscription.acknowledge(acknowledgement)
    })
    this.#ledger.hold(email)
    this.#queue.push({ email, expiry: performance.now() + this.#ackTimeout })
    this.onArrival()
  }

  #discard() {
    for (const { email } of this.#queue.splice(0)) this.#ledger.release(email)
  }
}

module.exports = { Deliveries }
