'use strict'

const EVENTS = ['verification_email', 'password_reset_email']

/** The options of `emails` and `onEmail`, checked. */
function consumerOptions(options = {}) {
  const { signal, events = EVENTS, prefetch = 10, ackTimeout = 30_000, onError = warn, ...rest } = options
  const unknown = Object.keys(rest)
  if (unknown.length > 0) throw new TypeError(`A consumer of emails has no option ${unknown.join(', ')}.`)
  if (!Number.isInteger(prefetch) || prefetch < 1 || prefetch > 100) {
    throw new RangeError('prefetch is a number from 1 to 100.')
  }
  if (!Number.isInteger(ackTimeout) || ackTimeout < 1_000 || ackTimeout > 600_000) {
    throw new RangeError('ackTimeout is in milliseconds, from 1000 to 600000.')
  }
  return { signal: signal ?? undefined, events: [...events], prefetch, ackTimeout, onError }
}

/** One clear error where the user looks, and the application goes on without emails. */
function warn(error) {
  process.emitWarning(`mvp-auth: no emails are taken from the daemon: ${error.message}`, {
    type: 'MvpAuthWarning', code: error.code,
  })
}

module.exports = { consumerOptions }
