'use strict'

const INSPECT = Symbol.for('nodejs.util.inspect.custom')
const LONGEST_REASON = 200

/** Thrown by a handler: this email is never to be sent. The message is what the daemon's operator reads. */
class DropEmail extends Error {
  get name() {
    return 'DropEmail'
  }
}

/** An email that is to be sent, until it is settled. */
class EmailEvent {
  #settle
  #outcome

  /** @param settle Told once how the event ended, in the wire's words. */
  constructor(params, settle) {
    this.#settle = settle
    this.deliveryId = params.delivery_id
    this.attempt = params.attempt ?? 1
    this.event = params.event
    this.email = params.email
    this.token = params.token
    this.userId = params.user_id ?? null
    this.app = params.app ?? null
    this.link = params.link ?? null
    this.createdAt = params.created_at ?? null
    this.expiresAt = params.expires_at ?? null
  }

  /** Whether it was acknowledged, given back or dropped. */
  get isSettled() {
    return this.#outcome !== undefined
  }

  /** It was sent. */
  ack() {
    return this.#end({ status: 'success' })
  }

  /** It was not: the daemon hands it out again, by its own schedule or after `delay` milliseconds. */
  retry({ delay, reason } = {}) {
    return this.#end({ status: 'retry', delay_ms: delay, reason: shortened(reason) })
  }

  /** It is never to be sent. */
  drop({ reason } = {}) {
    return this.#end({ status: 'drop', reason: shortened(reason) })
  }

  /** The first word counts. */
  #end(outcome) {
    this.#outcome ??= this.#settle({ delivery_id: this.deliveryId, ...outcome })
    return this.#outcome
  }

  [INSPECT](depth, options, inspect) {
    return `EmailEvent ${inspect({ ...this, token: '<secret>', link: this.link && '<secret>' }, options)}`
  }
}

function shortened(reason) {
  if (reason === undefined || reason === null) return undefined
  return [...String(reason)].slice(0, LONGEST_REASON).join('')
}

module.exports = { DropEmail, EmailEvent }
