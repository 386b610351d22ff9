'use strict'

const { ERRORS } = require('../generated.cjs')

/** Marks our errors across copies of this package, with the names of the classes that an error belongs to. */
const BRAND = Symbol.for('mvp-auth.error')

/** Codes that the client makes itself, when no daemon answered. */
const LOCAL = new Set(['UNAVAILABLE', 'CONNECTION_LOST'])

/** Why a call has no result: what the daemon said, or what happened on the way to it. */
class MvpAuthError extends Error {
  static defaultCode = 'AUTH_ERROR'
  static defaultMessage = ''

  /**
   * @param {string} [message] For people, in English, without secrets.
   * @param {object} [details] What the properties of the same names say.
   */
  constructor(message, details = {}) {
    super(message ?? new.target.defaultMessage, details.cause === undefined ? undefined : { cause: details.cause })
    const code = details.code ?? new.target.defaultCode
    const known = ERRORS[code]
    this.code = code
    this.number = details.number ?? known?.number ?? 0
    this.retryable = details.retryable ?? (LOCAL.has(code) || (known?.retryable ?? false))
    this.retryAfter = details.retryAfter ?? null
    this.executed = details.executed ?? false
    this.fields = details.fields ?? []
    this.requestId = details.requestId ?? null
  }

  /** The HTTP status that stands for the error, also for codes newer than this client. */
  get status() {
    const known = ERRORS[this.code]
    if (known !== undefined) return known.status
    if (this.number >= 40000 && this.number < 60000) return Math.floor(this.number / 100)
    if (LOCAL.has(this.code)) return 503
    return this.number === 0 ? 400 : 500
  }

  get statusCode() {
    return this.status
  }

  /** Whether the message may be shown to who made the request: the convention of Express and Koa. */
  get expose() {
    return this.status < 500
  }

  /** The `isinstance` of two copies of the package, or of the package in two realms. */
  static [Symbol.hasInstance](value) {
    if (Function.prototype[Symbol.hasInstance].call(this, value)) return true
    if (typeof value !== 'object' || value === null || !Array.isArray(value[BRAND])) return false
    // A class that an application has derived has no counterpart elsewhere.
    return Object.hasOwn(this.prototype, BRAND) && value[BRAND].includes(this.prototype[BRAND][0])
  }
}

/** Gives a class its name, and the names that it is known by elsewhere. */
function brand(cls) {
  const parents = Object.getPrototypeOf(cls.prototype)[BRAND] ?? []
  Object.defineProperty(cls.prototype, 'name', { value: cls.name, configurable: true, writable: true })
  Object.defineProperty(cls.prototype, BRAND, { value: [cls.name, ...parents] })
  return cls
}

brand(MvpAuthError)

module.exports = { MvpAuthError, brand }
