'use strict'

const { cancellation, now } = require('../calls/request.cjs')
const { connectionLost, deadlineExceeded, fromWire, notSent, unavailable } = require('../errors/made.cjs')
const { Deadlines } = require('./deadlines.cjs')
const { Exchange } = require('./exchange.cjs')
const { BadLine, Framer, parse } = require('./framer.cjs')
const { HashingLane } = require('./lane.cjs')
const { readLimits } = require('./limits.cjs')
const { Outbox } = require('./outbox.cjs')

/** A connected socket, and the calls on it. */
class Connection {
  #sayRetired

  /** What the daemon said of itself. */
  hello = {}
  limits = readLimits()
  unknownReplies = 0
  /** Takes no more calls: it was lost, closed, or the daemon is about to end it. */
  isRetired = false
  isClosed = false
  /** Settled as soon as the connection takes no more calls. */
  retired = new Promise((resolve) => {
    this.#sayRetired = resolve
  })

  #socket
  #outbox
  #onRetired
  #onNotification
  #open = new Map()
  #framer = new Framer(2 * this.limits.replyBytes)
  #lane = new HashingLane(this.limits.callsInFlight)
  #deadlines = new Deadlines(() => this.#expire())
  #isHeld = false

  /**
   * @param onRetired Called when the connection takes no more calls, and when it is closed.
   * @param onNotification Told what the daemon says without being asked, by method and params.
   */
  constructor(socket, onRetired, onNotification = () => {}) {
    this.#socket = socket
    this.#outbox = new Outbox(socket)
    this.#onRetired = onRetired
    this.#onNotification = onNotification
    socket.unref()
    socket.on('data', (data) => this.#receive(data))
    socket.on('end', () => this.#end())
    socket.on('close', () => this.#end())
  }

  /** How many calls wait for their answer. */
  get inFlight() {
    return this.#open.size
  }

  /**
   * Makes a call. `settle` is told what becomes of it, see `outcome`. Answers what gives the call up; throws when it
   * cannot be made.
   */
  submit(request, settle) {
    if (this.isRetired) throw unavailable('The connection is closed.')
    if (request.deadline <= now()) throw deadlineExceeded(false)
    request.checkSize(this.limits)
    const exchange = new Exchange(request, settle)
    this.#open.set(exchange.id, exchange)
    if (this.#open.size === 1) this.#socket.ref()
    if (!request.isHashing || this.#lane.enter(exchange)) this.#outbox.add(exchange)
    this.#deadlines.include(request.deadline)
    return () => this.#abandon(exchange)
  }

  /** The result of a call; rejects with its error. For the client's own calls, which nobody aborts. */
  async call(request) {
    const settled = await new Promise((resolve) => this.submit(request, resolve))
    return this.outcome(settled)
  }

  /** The result of a settled call. Throws its error, which is made here so that its stack shows who called. */
  outcome(settled) {
    if (typeof settled === 'function') throw settled()
    if (settled.error === undefined) return settled.result
    const error = fromWire(settled.error)
    if (error.code === 'SHUTTING_DOWN') this.#retire()
    throw error
  }

  /** Says hello and keeps what the daemon answers about itself. */
  async greet(request) {
    this.hello = (await this.call(request)) ?? {}
    this.limits = readLimits(this.hello)
    this.#framer.limit = 2 * this.limits.replyBytes
    this.#lane.resize(this.limits.callsInFlight)
  }

  /** Keeps the process alive although no call waits: for who waits for notifications. */
  hold() {
    this.#isHeld = true
    if (!this.isClosed) this.#socket.ref()
  }

  /** Closes the socket; calls that wait fail. */
  close() {
    this.#end('The client was closed.')
  }

  /** The caller is gone. The daemon is told; its answer, which still comes, is dropped. */
  #abandon(exchange) {
    if (!this.#forget(exchange)) return
    if (exchange.isWritten) this.#outbox.say(cancellation(exchange.id))
    else this.#leaveLane(exchange.id)
    this.#endIfDone()
  }

  /** Whether the call was waiting for its answer until now. */
  #forget(exchange) {
    exchange.isSettled = true
    if (!this.#open.delete(exchange.id)) return false
    if (this.#open.size === 0 && !this.#isHeld) this.#socket.unref()
    return true
  }

  #leaveLane(id) {
    for (const exchange of this.#lane.leave(id)) this.#outbox.add(exchange)
  }

  #receive(data) {
    try {
      this.#framer.feed(data, (line) => {
        if (!this.isClosed) this.#take(parse(line))
      })
    } catch (error) {
      if (!(error instanceof BadLine)) throw error
      this.#end()
    }
  }

  #take(message) {
    if (message.method !== undefined) {
      if (message.method === 'system.draining') this.#retire()
      else this.#onNotification(message.method, message.params)
      return
    }
    const exchange = this.#open.get(message.id)
    this.#leaveLane(message.id)
    if (exchange === undefined) {
      this.unknownReplies += 1
    } else {
      exchange.settle(message)
      this.#forget(exchange)
    }
    this.#endIfDone()
  }

  /** No more calls; those that were sent get their answers. */
  #retire() {
    if (this.isRetired) return
    this.isRetired = true
    this.#sayRetired()
    this.#onRetired(this)
    for (const exchange of this.#open.values()) {
      if (exchange.isWritten) continue
      exchange.settle(() => unavailable('The daemon is about to end the connection.'))
      this.#forget(exchange)
    }
    this.#endIfDone()
  }

  #endIfDone() {
    if (this.isRetired && this.#open.size === 0) this.#end()
  }

  #end(reason) {
    if (this.isClosed) return
    this.isClosed = this.isRetired = true
    this.#sayRetired()
    this.#deadlines.clear()
    this.#outbox.close()
    this.#socket.destroy()
    this.#onRetired(this)
    const calls = [...this.#open.values()]
    this.#open.clear()
    for (const exchange of calls) {
      exchange.settle(exchange.isWritten ? () => connectionLost(reason) : () => notSent(reason))
    }
  }

  /** Fails the calls whose time is over. */
  #expire() {
    const time = now()
    for (const exchange of this.#open.values()) {
      if (exchange.request.deadline > time) {
        this.#deadlines.include(exchange.request.deadline)
        continue
      }
      const { isWritten } = exchange
      exchange.settle(() => deadlineExceeded(isWritten))
      this.#forget(exchange)
      // What the daemon works on keeps its place until it is answered.
      if (!isWritten) this.#leaveLane(exchange.id)
    }
    this.#endIfDone()
  }
}

module.exports = { Connection }
