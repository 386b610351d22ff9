'use strict'

const { onAbort } = require('../calls/aborts.cjs')

/** The emails one after the other: for `for await`. It subscribes with the first `next` and ends with `return`. */
class EmailIterator {
  #deliveries
  #signal
  #onOver
  #waiting = []
  #offSignal = () => {}
  #isOver = false
  #error

  constructor(deliveries, signal, onOver) {
    this.#deliveries = deliveries
    this.#signal = signal
    this.#onOver = onOver
    deliveries.onArrival = () => this.#hand()
    if (signal !== undefined && !signal.aborted) {
      this.#offSignal = onAbort(signal, () => this.#fail(signal.reason))
    }
  }

  next() {
    if (this.#signal?.aborted) this.#fail(this.#signal.reason)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#deliveries.start(() => {}, (error) => this.#fail(error))
      this.#hand()
    })
  }

  async return(value) {
    await this.stop()
    return { done: true, value }
  }

  /** Ends it; what was handed out can be acknowledged before, not after. */
  async stop() {
    if (this.#isOver) return
    this.#isOver = true
    this.#offSignal()
    this.#hand()
    await this.#deliveries.stop()
    this.#deliveries.close()
    this.#onOver()
  }

  [Symbol.asyncIterator]() {
    return this
  }

  /** The first who asks is told the reason; whoever asks then, that it is over. */
  #fail(error) {
    if (this.#isOver) return
    this.#error = { reason: error }
    this.stop()
  }

  #hand() {
    while (this.#waiting.length > 0) {
      const email = this.#isOver ? undefined : this.#deliveries.take()
      if (email !== undefined) {
        this.#waiting.shift().resolve({ done: false, value: email })
      } else if (!this.#isOver) {
        return
      } else if (this.#error !== undefined) {
        this.#waiting.shift().reject(this.#error.reason)
        this.#error = undefined
      } else {
        this.#waiting.shift().resolve({ done: true, value: undefined })
      }
    }
  }
}

module.exports = { EmailIterator }
