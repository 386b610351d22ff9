'use strict'

const { randomBytes } = require('node:crypto')
const { METHODS, PROTOCOL } = require('../generated.cjs')
const { classes } = require('../errors/classes.cjs')
const { encode } = require('./values.cjs')

/** How long a call may take in all, in milliseconds, by what it costs the daemon. */
const TIMEOUTS = { memory: 5_000, store: 5_000, hashing: 15_000 }
const MAXIMUM_TIMEOUT = 2 ** 31 - 1
const ENVELOPE_BYTES = 128

/** Milliseconds of a clock that nobody sets. */
const now = () => performance.now()

/** One logical call: encoded once, sent under another id with each attempt. */
class Request {
  #body

  /**
   * Throws `ValidationError` for what the daemon would refuse, with nothing sent.
   *
   * @param {number} [options.timeout] Milliseconds in all; without it the method's own time, `Infinity` for no limit.
   */
  constructor(method, params, { timeout, idempotencyKey, traceparent } = {}) {
    const known = METHODS[method]
    this.method = method
    this.isHashing = known?.cost === 'hashing'
    this.deadline = now() + (timeout ?? TIMEOUTS[known?.cost ?? 'store'])
    // A refresh whose answer was lost may not be repeated without a key: a used token looks like theft. The key is
    // never derived from the token, or the thief's call would be a repetition.
    const key = idempotencyKey ?? (method === 'auth.refresh' ? randomBytes(16).toString('hex') : undefined)
    this.isRepeatable = (known?.idempotent ?? false) || key !== undefined
    let body = `","method":${encode(method)}`
    if (params !== undefined) body += `,"params":${encode(params)}`
    let meta = ''
    if (key !== undefined) meta += `"idempotency_key":${encode(checkedKey(key))},`
    if (traceparent !== undefined) meta += `"traceparent":${encode(traceparent)},`
    this.#body = `${body},"meta":{${meta}`
  }

  /** The line to send. The daemon is told the time that is left. */
  line(id) {
    const left = this.deadline - now()
    if (left === Infinity) return `{"jsonrpc":"2.0","id":"${id}${this.#body.replace(/,$/, '')}}}\n`
    const milliseconds = Math.min(Math.max(1, Math.floor(left)), MAXIMUM_TIMEOUT)
    return `{"jsonrpc":"2.0","id":"${id}${this.#body}"timeout_ms":${milliseconds}}}\n`
  }

  /**
   * Refuses a line that the daemon would not read: after three of them it ends the connection, with everybody's calls
   * on it.
   */
  checkSize(limits) {
    if (this.#body.length * 3 + ENVELOPE_BYTES <= limits.lineBytes) return
    if (Buffer.byteLength(this.line(nextId())) - 1 <= limits.lineBytes) return
    throw new classes.ValidationError(
      `The call is longer than the ${limits.lineBytes} bytes that the daemon reads.`, { code: 'MESSAGE_TOO_LARGE' })
  }
}

function checkedKey(key) {
  if (typeof key === 'string' && /^[!-~]{8,128}$/.test(key)) return key
  const reason = 'must be 8 to 128 printable ASCII characters'
  throw new classes.ValidationError(`The idempotency key ${reason}.`, {
    code: 'INVALID_PARAMS', fields: [{ path: 'idempotency_key', reason }],
  })
}

const processName = randomBytes(4).toString('hex')
let counter = 0

/** An id that no other process or thread uses. */
function nextId() {
  counter += 1
  return `${processName}-${counter}`
}

/** The first call of a connection. Bounded by those who wait for the connection. */
function hello(name, version, roles) {
  return new Request('system.hello', { protocol: [PROTOCOL], client: { name, version }, roles }, { timeout: Infinity })
}

/** The line that says that nobody waits for this call any more. */
function cancellation(id) {
  return `{"jsonrpc":"2.0","method":"system.cancel","params":{"id":"${id}"}}\n`
}

module.exports = { Request, cancellation, hello, nextId, now }
