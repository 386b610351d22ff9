'use strict'

const { ERRORS } = require('../generated.cjs')
const { classes, classOf } = require('./classes.cjs')

/** The error for the `error` member of a reply. What it does not say is unknown: done, perhaps, and final. */
function fromWire(error) {
  const said = isObject(error) ? error : {}
  const data = isObject(said.data) ? said.data : {}
  const number = Number.isInteger(said.code) ? said.code : 0
  const code = typeof data.code === 'string' ? data.code : (codeOf(number) ?? 'AUTH_ERROR')
  const Class = classOf(code)
  return new Class(typeof said.message === 'string' ? said.message : undefined, {
    code,
    number,
    retryable: typeof data.retryable === 'boolean' ? data.retryable : undefined,
    retryAfter: typeof data.retry_after_ms === 'number' ? Math.max(0, data.retry_after_ms) : null,
    executed: data.executed !== false,
    fields: fields(data.fields),
    requestId: typeof data.request_id === 'string' ? data.request_id : null,
  })
}

/** Nothing was sent, so nothing was done. */
function unavailable(message, { retryable = true, cause } = {}) {
  return new classes.ServiceUnavailableError(message, { number: 0, retryable, cause })
}

/** Something was sent, and its answer will not come: it may have been done. */
function connectionLost(reason) {
  return new classes.ServiceUnavailableError(reason ?? 'The connection was lost before the answer came.', {
    code: 'CONNECTION_LOST', number: 0, retryable: reason === undefined, executed: true,
  })
}

/** The connection ended before the call was sent. With a reason, trying again cannot help. */
function notSent(reason) {
  return unavailable(reason ?? 'The connection was lost before the call was sent.', { retryable: reason === undefined })
}

function deadlineExceeded(executed, message) {
  return new classes.DeadlineExceededError(message, { executed })
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function codeOf(number) {
  return Object.keys(ERRORS).find((code) => ERRORS[code].number === number)
}

function fields(value) {
  if (!Array.isArray(value)) return []
  return value
    .filter((item) => isObject(item) && typeof item.path === 'string' && typeof item.reason === 'string')
    .map(({ path, reason }) => ({ path, reason }))
}

module.exports = { connectionLost, deadlineExceeded, fromWire, isObject, notSent, unavailable }
