'use strict'

const { now } = require('../calls/request.cjs')

/** How much is handed to the kernel at once: what follows can still be taken back. */
const WRITE_SIZE = 64 * 1024

/**
 * What is to be sent. What is added in one turn of the loop leaves in one write, and nothing is handed to the socket
 * while it still holds what the kernel did not take: so a call that was not written is known to be unwritten.
 */
class Outbox {
  #socket
  #calls = []
  #lines = []
  #isPlanned = false
  #isBlocked = false

  constructor(socket) {
    this.#socket = socket
  }

  /** Sends a call, unless it is settled or its time is over by then. */
  add(exchange) {
    this.#calls.push(exchange)
    this.#plan()
  }

  /** Sends a line that has no answer. */
  say(line) {
    this.#lines.push(line)
    this.#plan()
  }

  close() {
    this.#isBlocked = true
    this.#calls = []
    this.#lines = []
  }

  #plan() {
    if (this.#isPlanned || this.#isBlocked) return
    this.#isPlanned = true
    process.nextTick(() => {
      this.#isPlanned = false
      while (!this.#isBlocked && this.#calls.length + this.#lines.length > 0) this.#write()
    })
  }

  #write() {
    const time = now()
    const sent = []
    let text = this.#lines.join('')
    this.#lines = []
    let position = 0
    for (; position < this.#calls.length && text.length < WRITE_SIZE; position += 1) {
      const exchange = this.#calls[position]
      if (exchange.isSettled || exchange.request.deadline <= time) continue
      text += exchange.request.line(exchange.id)
      exchange.isWritten = true
      sent.push(exchange)
    }
    this.#calls.splice(0, position)
    if (text !== '') this.#hand(text, sent)
  }

  #hand(text, sent) {
    let isPartial = false
    this.#socket.write(text, (error) => {
      if (!error) {
        if (!isPartial || this.#socket.destroyed) return
        this.#isBlocked = false
        this.#plan()
      } else if (!isPartial) {
        // The kernel refused it as a whole: the peer had closed. Told before the socket says so to others.
        for (const exchange of sent) exchange.isWritten = false
      }
    })
    // Of a write that succeeds or fails at once nothing is left.
    isPartial = this.#socket.writableLength > 0
    this.#isBlocked = isPartial
  }
}

module.exports = { Outbox }
