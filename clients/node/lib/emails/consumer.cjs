'use strict'

const { onAbort } = require('../calls/aborts.cjs')
const { delivered } = require('../client/diagnostics.cjs')
const { disposable } = require('../client/disposable.cjs')
const { DropEmail } = require('./event.cjs')

/** Sends emails by a handler, at most `prefetch` of them at a time, until it is stopped. */
class EmailConsumer {
  #deliveries
  #handler
  #options
  #onOver
  #running = new Set()
  #stopping
  #offSignal = () => {}

  /** Settled by the first subscription, or by the reason why there can be none. */
  subscribed

  constructor(deliveries, handler, options, onOver) {
    if (typeof handler !== 'function') throw new TypeError('onEmail takes a function.')
    this.#deliveries = deliveries
    this.#handler = handler
    this.#options = options
    this.#onOver = onOver
    deliveries.onArrival = () => this.#take()
    this.subscribed = new Promise((resolve, reject) => {
      deliveries.start(resolve, (error) => {
        reject(error)
        this.stop({ timeout: 0 })
        options.onError(error)
      })
    })
    // Who does not ask is told by `onError`.
    this.subscribed.catch(() => {})
    const { signal } = options
    if (signal?.aborted) this.stop()
    else if (signal !== undefined) this.#offSignal = onAbort(signal, () => this.stop())
  }

  /** No more emails; waits up to `timeout` milliseconds for the handlers that run, and says how they ended. */
  stop({ timeout = 10_000 } = {}) {
    this.#stopping ??= this.#stop(timeout)
    return this.#stopping
  }

  async #stop(timeout) {
    this.#offSignal()
    await this.#deliveries.stop()
    await settledWithin(this.#running, timeout)
    this.#deliveries.close()
    this.#onOver()
  }

  #take() {
    while (this.#stopping === undefined && this.#running.size < this.#options.prefetch) {
      const email = this.#deliveries.take()
      if (email === undefined) return
      const run = this.#handle(email).finally(() => {
        this.#running.delete(run)
        this.#take()
      })
      this.#running.add(run)
    }
  }

  async #handle(email) {
    const began = performance.now()
    const timer = setTimeout(() => warnOfSlowness(this.#options.ackTimeout), this.#options.ackTimeout)
    timer.unref()
    let outcome = 'success'
    try {
      await this.#handler(email)
      await email.ack()
    } catch (error) {
      outcome = error instanceof DropEmail ? 'drop' : 'retry'
      // Never the text of an error that is not meant for it: it may hold the token.
      await (outcome === 'drop' ? email.drop({ reason: error.message }) : email.retry({ reason: className(error) }))
    }
    clearTimeout(timer)
    delivered({ event: email.event, attempt: email.attempt, outcome, duration: performance.now() - began })
  }
}

function className(error) {
  return error instanceof Error ? error.constructor.name : typeof error
}

function warnOfSlowness(milliseconds) {
  process.emitWarning(
    `A handler of emails takes longer than the ${milliseconds} ms of ackTimeout: the daemon hands its email to ` +
      'somebody else as well.', { type: 'MvpAuthWarning', code: 'MVP_AUTH_SLOW_HANDLER' })
}

async function settledWithin(promises, timeout) {
  if (promises.size === 0) return
  let timer
  const over = new Promise((resolve) => {
    timer = setTimeout(resolve, timeout)
  })
  await Promise.race([Promise.allSettled(promises), over])
  clearTimeout(timer)
}

disposable(EmailConsumer, (consumer) => consumer.stop())

module.exports = { EmailConsumer }
