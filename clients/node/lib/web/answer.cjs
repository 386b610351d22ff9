'use strict'

const { classes } = require('../errors/classes.cjs')
const { MissingTokenError } = require('./bearer.cjs')

const CHALLENGE = 'Bearer realm="mvp-auth"'

/** Of the integrations' own: what is wrong with the request itself. */
class RequestError extends classes.MvpAuthError {
  #status

  constructor(status, code, message) {
    super(message, { code, number: 0, executed: false })
    this.#status = status
  }

  get status() {
    return this.#status
  }
}

/**
 * The HTTP answer for an error: `{"detail", "code"}`, for bad input with `errors`; the same as the REST routes'. What
 * only the operator may know (paths, settings) is not in it.
 */
function answer(error) {
  const status = statusOf(error)
  let { message: detail, code } = error
  if (status === 503 && error.number === 0) {
    detail = 'The service is not available.'
    code = 'UNAVAILABLE'
  } else if (status === 500 && error.number === 0) {
    detail = 'The service is not set up correctly.'
    code = 'INTERNAL_ERROR'
  }
  const body = { detail, code }
  if (error.fields.length > 0) body.errors = error.fields.map(({ path, reason }) => ({ field: path, reason }))
  const headers = { 'Cache-Control': 'no-store' }
  if (status === 429 || status === 503) {
    headers['Retry-After'] = String(Math.max(1, Math.ceil((error.retryAfter ?? 1000) / 1000)))
  }
  if (error instanceof MissingTokenError) headers['WWW-Authenticate'] = CHALLENGE
  else if (error instanceof classes.TokenError) headers['WWW-Authenticate'] = `${CHALLENGE}, error="invalid_token"`
  return { status, body, headers }
}

function statusOf(error) {
  if (error instanceof classes.ConfigurationError || error.code === 'PROTOCOL_ERROR') return 500
  return error.status
}

/** The default of `log`: what the operator must know of an answer that hides it from the browser. */
function logServerErrors(error) {
  if (statusOf(error) >= 500) console.error(`mvp-auth: ${error.code}: ${error.message}`)
}

module.exports = { RequestError, answer, logServerErrors }
