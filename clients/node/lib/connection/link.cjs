'use strict'

const { onAbort } = require('../calls/aborts.cjs')
const { now } = require('../calls/request.cjs')
const { backoff } = require('../calls/retries.cjs')
const { MvpAuthError } = require('../errors/base.cjs')
const { deadlineExceeded, unavailable } = require('../errors/made.cjs')
const { Connection } = require('./connection.cjs')
const { afterArrivals } = require('./deadlines.cjs')
const { connectSocket } = require('./socket.cjs')

const LONGEST_TIMER = 2 ** 31 - 1

/**
 * The way to the daemon: connects when somebody wants to call, and again when the connection was lost. Never two
 * attempts at a time, and none while nobody waits.
 */
class Link {
  /** The connection that takes calls; undefined when there is none now. */
  ready
  /** That one and those that still wait for answers. */
  connections = new Set()

  #settings
  #onNotification
  #waiters = new Set()
  #attempt
  #lastError

  constructor(settings, onNotification) {
    this.#settings = settings
    this.#onNotification = onNotification
  }

  /** The connection, once the daemon has answered its hello. Rejects at the deadline, with what was in the way. */
  async connection(deadline, signal) {
    if (this.ready !== undefined) return this.ready
    const left = deadline - now()
    if (left <= 0) throw deadlineExceeded(false)
    const outcome = await new Promise((resolve) => this.#wait(left, signal, resolve))
    // Made here, so that each of several waiters has its own error, whose stack shows who called.
    if (typeof outcome === 'function') throw outcome()
    return outcome
  }

  /** Settles with a connection, or with a function that makes the error. */
  #wait(left, signal, resolve) {
    const waiter = {
      settle: (outcome) => {
        clearTimeout(timer)
        off?.()
        this.#waiters.delete(waiter)
        resolve(outcome)
        this.#stopIfNobodyWaits()
      },
    }
    const timer = left > LONGEST_TIMER ? undefined : setTimeout(() => {
      afterArrivals(() => {
        waiter.settle(this.#lastError ?? (() => deadlineExceeded(false, 'The daemon did not answer in time.')))
      })
    }, left)
    const off = signal === undefined ? undefined : onAbort(signal, () => waiter.settle(() => signal.reason))
    this.#waiters.add(waiter)
    if (this.#attempt === undefined) this.#start()
  }

  /** Closes everything; who waits or calls is told. */
  close() {
    for (const waiter of [...this.#waiters]) waiter.settle(closed)
    for (const connection of [...this.connections]) connection.close()
  }

  #start() {
    const attempt = { isOver: false, cancel: () => {} }
    this.#attempt = attempt
    this.#lastError = undefined
    this.#connect(attempt).catch((error) => this.#finish(attempt, () => copy(error)))
  }

  #stopIfNobodyWaits() {
    if (this.#waiters.size > 0 || this.#attempt === undefined) return
    const attempt = this.#attempt
    this.#attempt = undefined
    attempt.isOver = true
    attempt.cancel()
  }

  #finish(attempt, outcome) {
    if (attempt.isOver) return
    attempt.isOver = true
    this.#attempt = undefined
    for (const waiter of [...this.#waiters]) waiter.settle(outcome)
  }

  async #connect(attempt) {
    for (let failures = 0; !attempt.isOver; failures += 1) {
      try {
        const connection = await this.#open(attempt)
        if (!connection.isRetired) this.ready = connection
        this.#finish(attempt, connection)
        return
      } catch (error) {
        if (attempt.isOver) return
        if (!error.retryable) throw error
        this.#lastError = () => copy(error)
      }
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, backoff(failures))
        attempt.cancel = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  /** A connection that has been greeted. Bounded by those who wait: the attempt is cancelled when nobody does. */
  async #open(attempt) {
    const settings = this.#settings
    const socket = await connectSocket(settings.paths(), settings.daemonUid, (cancel) => {
      attempt.cancel = cancel
    })
    const connection = new Connection(socket, (retired) => this.#lose(retired), this.#onNotification)
    this.connections.add(connection)
    attempt.cancel = () => connection.close()
    try {
      if (attempt.isOver) throw closed()
      await connection.greet(settings.hello())
    } catch (error) {
      connection.close()
      // Whatever became of the hello, the calls that wait were not sent.
      if (!error.retryable) throw copy(error, { executed: false })
      throw unavailable(`The daemon is not ready: ${error.message}`)
    }
    return connection
  }

  #lose(connection) {
    if (this.ready === connection) this.ready = undefined
    if (connection.isClosed) this.connections.delete(connection)
  }
}

function closed() {
  return unavailable('The client has been closed.', { retryable: false })
}

function copy(error, details) {
  if (!(error instanceof MvpAuthError)) return error
  return new error.constructor(error.message, { ...error, cause: error.cause, ...details })
}

module.exports = { Link }
