'use strict'

const { orAborted, pause } = require('../calls/aborts.cjs')
const { Request, now } = require('../calls/request.cjs')
const { backoff } = require('../calls/retries.cjs')
const { Link } = require('../connection/link.cjs')
const { classes } = require('../errors/classes.cjs')
const { unavailable } = require('../errors/made.cjs')

const ATTEMPTS = 4
/** A subscription that lasted so long was a good one: the next one need not wait. */
const GOOD_MILLISECONDS = 1000

/** A subscription to `hooks.event`, on a connection of its own, renewed until it is closed. */
class Subscription {
  #link
  #params
  #over = new AbortController()
  #current
  #onLost
  #isClosed = false
  #keepsAlive

  /**
   * @param handlers `onEvent` is given the params of each event, `onLost` is told of the end of a subscription.
   *   `keepsAlive` says whether the process stays alive while it waits.
   */
  constructor(settings, params, { onEvent, onLost, keepsAlive }) {
    this.#params = params
    this.#onLost = onLost
    this.#keepsAlive = keepsAlive
    this.#link = new Link(settings, (method, event) => {
      if (method === 'hooks.event' && typeof event?.delivery_id === 'string') onEvent(event)
    })
  }

  /**
   * Subscribes, again whenever the connection is lost; `onSubscribed` is told each time. Rejects when that can never
   * work; ends with `unsubscribe` or `close`.
   */
  async run(onSubscribed) {
    const { signal } = this.#over
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        const began = now()
        await this.#subscribe(signal, onSubscribed)
        if (now() - began > GOOD_MILLISECONDS) failures = 0
        await pause(backoff(failures), signal)
      } catch (error) {
        if (signal.aborted) return
        if (error.code === 'METHOD_NOT_FOUND') throw tooOld(error)
        if (!error.retryable) throw error
        await pause(backoff(failures), signal).catch(() => {})
      }
    }
  }

  /** Tells the daemon how an event ended. What does not reach it is said again when the event comes again. */
  async acknowledge(acknowledgement) {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      try {
        await this.#call('hooks.ack', acknowledgement)
        return
      } catch (error) {
        if (!error.retryable) return
        await pause(backoff(attempt + 2))
      }
    }
  }

  /** Asks for no more events. Those that were begun can still be acknowledged. */
  async unsubscribe() {
    this.#over.abort()
    if (this.#current === undefined || this.#link.ready === undefined) return
    try {
      await this.#call('hooks.unsubscribe', { subscription: this.#current }, 1000)
    } catch {
      // Closing says the same.
    }
  }

  close() {
    this.#isClosed = true
    this.#over.abort()
    this.#link.close()
  }

  /** Subscribes, and waits for the end of the connection. */
  async #subscribe(signal, onSubscribed) {
    const connection = await this.#link.connection(Infinity, signal)
    const reply = await connection.call(new Request('hooks.subscribe', this.#params))
    this.#current = reply?.subscription
    // A consumer is a service.
    if (this.#keepsAlive) connection.hold()
    onSubscribed()
    await orAborted(connection.retired, signal).catch(() => {})
    if (signal.aborted) return
    this.#current = undefined
    this.#onLost()
  }

  async #call(method, params, timeout) {
    if (this.#isClosed) throw unavailable('The consumer has been stopped.', { retryable: false })
    const request = new Request(method, params, { timeout })
    const connection = this.#link.ready ?? (await this.#link.connection(request.deadline))
    return connection.call(request)
  }
}

function tooOld(cause) {
  return new classes.ProtocolError('This daemon hands no emails to applications: it is too old.', {
    code: cause.code, cause, number: cause.number,
  })
}

module.exports = { Subscription }
