'use strict'

const { Client } = require('../client/client.cjs')
const { classOf } = require('../errors/classes.cjs')
const { EmailConsumer } = require('../emails/consumer.cjs')
const { EmailEvent } = require('../emails/event.cjs')
const { EmailIterator } = require('../emails/iterator.cjs')
const { consumerOptions } = require('../emails/options.cjs')
const { Table } = require('./table.cjs')

/** A client without a daemon, for "this request is Ada": see `testing.d.ts`. */
class StubAuth extends Client {
  #table
  #failures = new Map()
  #emails = []
  #takers = new Set()

  /** What was asked, in order, but for `system.…`. Params may hold passwords: they are the test's own. */
  calls = []

  constructor({ users } = {}) {
    super('/nonexistent/mvp-auth.sock')
    this.#table = new Table(users)
  }

  /** Lets the next call of a method fail with this code; `retryAfter` is in milliseconds. */
  failNext(method, code, { retryAfter } = {}) {
    const planned = this.#failures.get(method) ?? []
    const Class = classOf(code)
    this.#failures.set(method, [...planned, new Class(undefined, { code, retryAfter })])
  }

  /** Hands an email to the application, and gives the wire's word for how it ended: `success`, `retry` or `drop`. */
  deliver(email) {
    return new Promise((resolve) => {
      const params = { delivery_id: `delivery-${Math.random()}`, event: 'verification_email', ...email }
      this.#emails.push(new EmailEvent(params, async ({ status }) => resolve(status)))
      for (const taker of this.#takers) taker.onArrival()
    })
  }

  async call(method, params = {}, options = {}) {
    options?.signal?.throwIfAborted()
    if (!method.startsWith('system.')) this.calls.push({ method, params })
    const failure = this.#failures.get(method)?.shift()
    if (failure !== undefined) throw failure
    return this.#table.answer(method, params)
  }

  emails(options) {
    const { signal } = consumerOptions(options)
    return new EmailIterator(this.#deliveries(), signal, () => {})
  }

  onEmail(handler, options) {
    return new EmailConsumer(this.#deliveries(), handler, consumerOptions(options), () => {})
  }

  /** What stands in the place of `Deliveries`. */
  #deliveries() {
    const taker = {
      onArrival: () => {},
      start: (onSubscribed) => {
        this.#takers.add(taker)
        onSubscribed()
        taker.onArrival()
      },
      take: () => this.#emails.shift(),
      stop: async () => this.#takers.delete(taker),
      close: () => {},
    }
    return taker
  }
}

module.exports = { StubAuth }
