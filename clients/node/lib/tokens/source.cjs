'use strict'

const { randomBytes } = require('node:crypto')
const { orAborted } = require('../calls/aborts.cjs')
const { now } = require('../calls/request.cjs')
const { classes } = require('../errors/classes.cjs')
const { tokenPair } = require('../models/models.cjs')

/** What ends a session for good. */
const DEAD = [
  classes.TokenExpiredError,
  classes.TokenInvalidError,
  classes.TokenReuseError,
  classes.TokenRevokedError,
  classes.UserInactiveError,
]

const OPTIONS = ['onUpdate', 'onLost', 'age', 'lock', 'load']

/** Gives a living access token, and refreshes the pair behind it when that is due: see `index.d.ts`. */
class TokenSource {
  #client
  #options
  #pair
  #key
  #due
  #expiry
  #retryAt
  #flight
  #lost
  #isSaved = true

  constructor(client, pair, options = {}) {
    const unknown = Object.keys(options).filter((name) => !OPTIONS.includes(name))
    if (unknown.length > 0) throw new TypeError(`A TokenSource has no option ${unknown.join(', ')}.`)
    this.#client = client
    this.#options = options
    this.#adopt(tokenPair(pair), options.age ?? 0)
  }

  /** The pair of this moment. Its access token may be old. */
  get pair() {
    return this.#pair
  }

  /** Whether the session is over. */
  get isLost() {
    return this.#lost !== undefined
  }

  /** A living access token. A signal ends the wait, not the refresh. */
  async accessToken({ signal } = {}) {
    signal?.throwIfAborted()
    if (this.#lost !== undefined) throw this.#lost
    if (this.#isSaved && now() < Math.max(this.#due, this.#retryAt)) return this.#pair.accessToken
    await this.refresh({ signal })
    return this.#pair.accessToken
  }

  /** Refreshes the pair if that is due, with `force` in any case. Joins a refresh that is under way. */
  async refresh({ force = false, signal } = {}) {
    if (this.#lost !== undefined) throw this.#lost
    if (this.#flight === undefined) {
      if (force) this.#due = -Infinity
      const flight = this.#fly()
      this.#flight = flight
      const land = () => {
        if (this.#flight === flight) this.#flight = undefined
      }
      flight.then(land, land)
    }
    // Who is aborted leaves; the refresh goes on, or the rotated pair would be lost.
    await orAborted(this.#flight, signal)
  }

  /** Waits for a refresh that is under way, so that its pair is saved. */
  async close() {
    await this.#flight?.catch(() => {})
  }

  #adopt(pair, age = 0) {
    const lifetime = Math.max(0, pair.expiresIn * 1000)
    this.#pair = pair
    // Not all processes at once: up to a tenth earlier.
    this.#due = now() - age + lifetime * (0.7 + Math.random() / 10)
    this.#expiry = now() - age + lifetime
    this.#retryAt = 0
    // One key for each refresh token, over every attempt to use it.
    this.#key = randomBytes(16).toString('hex')
  }

  async #fly() {
    const lock = this.#options.lock ?? ((work) => work())
    try {
      await lock(() => this.#renew())
    } catch (error) {
      if (DEAD.some((cls) => error instanceof cls)) {
        this.#lost = error
        await this.#options.onLost?.(error)
        throw error
      }
      if (!(error instanceof classes.MvpAuthError) || !error.retryable || now() >= this.#expiry) throw error
      // The old token is good for a while yet; not everybody who asks tries again.
      this.#retryAt = Math.min(this.#expiry, now() + 500 + Math.random() * 1000)
    }
  }

  async #renew() {
    if (!this.#isSaved) await this.#save()
    if (now() < this.#due || (await this.#hasLoaded())) return
    const { refreshToken } = this.#pair
    this.#adopt(tokenPair(await this.#client.refresh({ refreshToken }, { idempotencyKey: this.#key })))
    this.#isSaved = false
    await this.#save()
  }

  async #save() {
    await this.#options.onUpdate?.(this.#pair)
    this.#isSaved = true
  }

  /** Whether another process has refreshed the pair, and its token is alive. */
  async #hasLoaded() {
    const stored = await this.#options.load?.()
    if (stored === undefined || stored === null) return false
    const pair = tokenPair(stored)
    if (pair.refreshToken === this.#pair.refreshToken) return false
    this.#adopt(pair, Infinity)
    try {
      const { iat, exp } = await this.#client.verify({ accessToken: pair.accessToken })
      const lifetime = Math.max(0, exp - iat) * 1000
      this.#adopt(pair, Math.min(Math.max(0, Date.now() - iat * 1000), lifetime / 2))
      return true
    } catch (error) {
      if (error instanceof classes.TokenExpiredError) return false
      throw error
    }
  }
}

module.exports = { TokenSource }
