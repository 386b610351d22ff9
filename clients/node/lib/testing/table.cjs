'use strict'

const { randomUUID } = require('node:crypto')
const { classes } = require('../errors/classes.cjs')
const { camelCase } = require('../models/models.cjs')

/** Users by their access tokens, and what the daemon would answer about them. */
class Table {
  users = new Map()
  sessions = new Map()
  #revoked = new Set()

  constructor(users = {}) {
    for (const [token, user] of Object.entries(users)) this.#add(token, user)
  }

  /** The answer of a method, as on the wire. */
  answer(method, params) {
    return Object.hasOwn(handlers, method) ? handlers[method](this, params) : { message: 'Done.' }
  }

  /** The living token of the user whom the call is about. */
  token({ user_id: userId, access_token: token }) {
    if (userId !== undefined) {
      const found = [...this.users].find(([, user]) => user.id === userId)
      if (found === undefined) throw new classes.UserNotFoundError()
      return found[0]
    }
    if (this.#revoked.has(token)) throw new classes.TokenRevokedError()
    if (!this.users.has(token)) throw new classes.TokenInvalidError()
    return token
  }

  user(params) {
    return this.users.get(this.token(params))
  }

  /** The living tokens of the user whom the call is about. */
  tokens(params) {
    const { id } = this.user(params)
    return [...this.users.keys()].filter((token) => this.users.get(token).id === id && !this.#revoked.has(token))
  }

  byEmail(email) {
    return [...this.users].find(([token, user]) => user.email === email && !this.#revoked.has(token))
  }

  register(email) {
    if ([...this.users.values()].some((user) => user.email === email)) throw new classes.UserExistsError()
    return this.#add(`token-${this.users.size + 1}`, email)
  }

  revoke(token) {
    this.#revoked.add(token)
  }

  #add(token, user) {
    const members = typeof user === 'string' ? { email: user } : user
    const now = new Date().toISOString()
    const row = {
      id: randomUUID(), email: 'ada@example.org', is_active: true, is_verified: true, created_at: now, updated_at: now,
    }
    for (const name of Object.keys(row)) row[name] = members[name] ?? members[camelCase(name)] ?? row[name]
    this.users.set(token, row)
    this.sessions.set(token, randomUUID())
    return row
  }
}

function pair(token) {
  return { access_token: token, refresh_token: `refresh-${token}`, token_type: 'bearer', expires_in: 900 }
}

const handlers = {
  'user.register': (table, { email }) => table.register(email),
  'user.get_current_user': (table, params) => table.user(params),
  'user.find': (table, { email }) => {
    const found = table.byEmail(email)
    if (found === undefined) throw new classes.UserNotFoundError()
    return found[1]
  },
  'auth.login': (table, { email }) => {
    const found = table.byEmail(email)
    if (found === undefined) throw new classes.InvalidCredentialsError()
    return pair(found[0])
  },
  'auth.refresh': (table, { refresh_token: token }) =>
    pair(table.token({ access_token: String(token).replace(/^refresh-/, '') })),
  'auth.logout': (table, { access_token: token, refresh_token: refresh }) => {
    table.revoke(table.token({ access_token: token ?? String(refresh).replace(/^refresh-/, '') }))
    return { message: 'Logged out.' }
  },
  'auth.logout_all': (table, params) => {
    const tokens = table.tokens(params)
    tokens.forEach((token) => table.revoke(token))
    return { message: `Revoked ${tokens.length} session(s).`, revoked: tokens.length }
  },
  'user.verify_email': (table, { token }) => {
    const user = table.users.get(token)
    if (user === undefined) throw new classes.InvalidVerificationTokenError()
    return Object.assign(user, { is_verified: true })
  },
  'session.list': (table, params) => {
    const now = new Date().toISOString()
    return table.tokens(params).map((token) => ({
      id: table.sessions.get(token), created_at: now, expires_at: now, last_used_at: now, is_revoked: false,
      current: token === params.access_token,
    }))
  },
  'session.revoke': (table, params) => {
    const token = table.tokens(params).find((token) => table.sessions.get(token) === params.session_id)
    if (token === undefined) throw new classes.SessionNotFoundError()
    table.revoke(token)
    return { message: 'Session revoked.' }
  },
  'token.verify': (table, params) => {
    const token = table.token(params)
    const iat = Math.floor(Date.now() / 1000)
    const { id: sub } = table.users.get(token)
    return { sub, jti: `jti-${token}`, type: 'access', session_id: table.sessions.get(token), iat, exp: iat + 900 }
  },
  'system.ping': () => ({ pong: true }),
}

module.exports = { Table }
