'use strict'

const { UserNotVerifiedError } = require('../errors/classes.cjs').classes
const { bearerToken } = require('./bearer.cjs')

/** Who makes a request. The token stays out of logs that print this. */
class Authenticated {
  constructor(token, user, payload) {
    Object.defineProperty(this, 'token', { value: token })
    this.user = user
    this.payload = payload
    Object.freeze(this)
  }
}

/**
 * Asks the daemon, by one call, who has the request's bearer token; null without a token where it is `optional`.
 *
 * @param {boolean} [options.user] Whether the account is wanted, or the token's claims.
 * @param {boolean} [options.optional] A bad token is refused all the same.
 * @param {boolean} [options.verified] Refuses users whose address is not verified.
 */
async function authenticate(auth, request, { user = true, optional = false, verified = false } = {}, signal) {
  const accessToken = bearerToken(request, optional)
  if (accessToken === undefined) return null
  if (!user && !verified) return new Authenticated(accessToken, null, await auth.verify({ accessToken }, { signal }))
  const account = await auth.currentUser({ accessToken }, { signal })
  if (verified && !account.isVerified) throw new UserNotVerifiedError()
  return new Authenticated(accessToken, account, null)
}

const OPTIONS = ['user', 'optional', 'verified']

function checkedOptions(options = {}) {
  const unknown = Object.keys(options).filter((name) => !OPTIONS.includes(name))
  // A misspelt `verified` would let everybody in.
  if (unknown.length > 0) throw new TypeError(`requireAuth has no option ${unknown.join(', ')}.`)
  return options
}

module.exports = { authenticate, checkedOptions }
