'use strict'

const { onAbort, pause } = require('../calls/aborts.cjs')
const { Request, now } = require('../calls/request.cjs')
const { retryDelay } = require('../calls/retries.cjs')
const { Link } = require('../connection/link.cjs')
const { EmailConsumer } = require('../emails/consumer.cjs')
const { Deliveries } = require('../emails/deliveries.cjs')
const { EmailIterator } = require('../emails/iterator.cjs')
const { consumerOptions } = require('../emails/options.cjs')
const { unavailable } = require('../errors/made.cjs')
const { arrived, begin, departed } = require('./diagnostics.cjs')
const { disposable } = require('./disposable.cjs')
const { installMethods } = require('./methods.cjs')
const { Settings, checkedTimeout } = require('./settings.cjs')

/** A client of the daemon. One serves a whole process: see `index.d.ts`. */
class Client {
  #settings
  #link
  #isClosed = false
  #consumers = new Set()

  constructor(options) {
    this.#settings = new Settings(options)
    this.#link = new Link(this.#settings)
  }

  /** Calls any method by its name and gives its result as JSON has it. */
  async call(method, params = {}, options = {}) {
    const context = begin(method)
    try {
      const result = this.#make(method, params, options, context)
      departed(context)
      const value = await result
      arrived(context)
      return value
    } catch (error) {
      arrived(context, error)
      throw error
    }
  }

  /** Returns when the daemon can be reached and its store works; waits for that. */
  async ready(options) {
    await this.call('system.health', {}, options)
  }

  /** An async iterator over the emails that are to be sent. */
  emails(options) {
    const { deliveries, checked } = this.#deliveries(options)
    return this.#keep((onOver) => new EmailIterator(deliveries, checked.signal, onOver))
  }

  /** Sends emails by `handler`, until it is stopped. */
  onEmail(handler, options) {
    const { deliveries, checked } = this.#deliveries(options)
    return this.#keep((onOver) => new EmailConsumer(deliveries, handler, checked, onOver))
  }

  /** Closes every connection; the next call connects again. Calls that wait fail. */
  disconnect() {
    this.#link.close()
  }

  /** Ends everything, for ever; calls that wait fail. May be called twice. */
  async close() {
    this.#isClosed = true
    const stops = [...this.#consumers].map((consumer) => consumer.stop())
    this.disconnect()
    await Promise.all(stops)
  }

  /** The connections, for the curious. */
  get connections() {
    return [...this.#link.connections].map((connection) => ({
      app: connection.hello.peer?.app ?? null,
      instanceId: connection.hello.instance_id ?? null,
      inFlight: connection.inFlight,
      unknownReplies: connection.unknownReplies,
      isReady: !connection.isRetired,
    }))
  }

  /** Makes the call, and makes it again where that cannot do it twice. */
  async #make(method, params, options, context) {
    const { signal, timeout, idempotencyKey } = checkedOptions(options)
    signal?.throwIfAborted()
    const request = new Request(method, params, {
      timeout: timeout ?? this.#settings.timeout, idempotencyKey, traceparent: context?.traceparent,
    })
    let inTheWay
    for (let attempt = 1; ; attempt += 1) {
      if (context !== undefined) context.attempts = attempt
      let delay
      try {
        if (this.#isClosed) throw unavailable('The client has been closed.', { retryable: false })
        const connection = this.#link.ready ?? (await this.#link.connection(request.deadline, signal))
        return await exchange(connection, request, signal)
      } catch (error) {
        // An abort is the caller's own, whatever it says.
        if (signal?.aborted) throw error
        // A last attempt that had no time left knows less than the one before it.
        if (inTheWay !== undefined && error.code === 'DEADLINE_EXCEEDED' && !error.executed) throw inTheWay
        if (error.code === 'UNAVAILABLE') inTheWay = error
        delay = retryDelay(error, attempt, request.isRepeatable)
        if (delay === null || now() + delay >= request.deadline) throw error
      }
      await pause(delay, signal)
    }
  }

  #deliveries(options) {
    if (this.#isClosed) throw unavailable('The client has been closed.', { retryable: false })
    const checked = consumerOptions(options)
    return { deliveries: new Deliveries(this.#settings.keeping(['hooks']), checked), checked }
  }

  /** Remembers what is to be stopped with the client. */
  #keep(make) {
    const consumer = make(() => this.#consumers.delete(consumer))
    this.#consumers.add(consumer)
    return consumer
  }
}

/** One attempt of a call. A signal ends the wait at once; the daemon is told. */
async function exchange(connection, request, signal) {
  const settled = await new Promise((resolve, reject) => {
    const abandon = connection.submit(request, (outcome) => {
      off?.()
      resolve(outcome)
    })
    const off = signal === undefined ? undefined : onAbort(signal, () => {
      abandon()
      reject(signal.reason)
    })
  })
  return connection.outcome(settled)
}

const OPTIONS = ['signal', 'timeout', 'idempotencyKey']

function checkedOptions(options) {
  const unknown = Object.keys(options ?? {}).filter((name) => !OPTIONS.includes(name))
  if (unknown.length > 0) {
    throw new TypeError(`The options of a call are ${OPTIONS.join(', ')}; there is no ${unknown.join(', ')}.`)
  }
  const { signal, timeout, idempotencyKey } = options ?? {}
  return { signal: signal ?? undefined, timeout: checkedTimeout(timeout), idempotencyKey: idempotencyKey ?? undefined }
}

installMethods(Client)
disposable(Client, (client) => client.close())

module.exports = { Client }
