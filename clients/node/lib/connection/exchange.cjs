'use strict'

const { nextId } = require('../calls/request.cjs')

/** A call on a connection, until it is answered or given up. */
class Exchange {
  /** @param settle Called once, with what became of the call: an answer, or a function that makes the error. */
  constructor(request, settle) {
    this.id = nextId()
    this.request = request
    this.isWritten = false
    this.isSettled = false
    this.#settle = settle
  }

  #settle

  settle(outcome) {
    if (this.isSettled) return
    this.isSettled = true
    this.#settle(outcome)
  }
}

module.exports = { Exchange }
