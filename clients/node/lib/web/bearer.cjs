'use strict'

const { classes } = require('../errors/classes.cjs')

const BEARER = /^bearer ([A-Za-z0-9\-._~+/=]+)$/i

/** The request carries no usable bearer token. */
class MissingTokenError extends classes.TokenInvalidError {
  static defaultCode = 'TOKEN_INVALID'
  static defaultMessage = 'An Authorization header with one bearer token is needed.'
}

/** The values of `Authorization`: Node keeps only the first one in `headers`. */
function authorizations(request) {
  const distinct = request.headersDistinct?.authorization
  if (distinct !== undefined) return distinct
  const value = request.headers.authorization
  return value === undefined ? [] : [value]
}

/**
 * The token of `Authorization: Bearer` (RFC 6750, section 2.1), where there is exactly one header with exactly one
 * token; undefined without a header when it is `optional`. Throws `MissingTokenError`.
 */
function bearerToken(request, optional = false) {
  const values = authorizations(request)
  if (values.length === 0 && optional) return undefined
  const match = values.length === 1 ? BEARER.exec(values[0]) : null
  if (match === null) throw new MissingTokenError()
  return match[1]
}

module.exports = { MissingTokenError, bearerToken }
