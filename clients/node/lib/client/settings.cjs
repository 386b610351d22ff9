'use strict'

const { hello } = require('../calls/request.cjs')
const { candidates } = require('../connection/endpoint.cjs')
const { version } = require('../../package.json')

const ROLES = ['client', 'trusted', 'hooks', 'admin']
/** The right to receive emails, whose tokens open accounts, is for the consumer's own connection. */
const ROLES_OF_CALLS = ROLES.filter((role) => role !== 'hooks')

/** The arguments of a client, checked. */
class Settings {
  constructor(options = {}) {
    if (typeof options === 'string' || options instanceof URL) options = { socket: options }
    const { socket, timeout, daemonUid, roles, name = 'node', ...rest } = options
    const unknown = Object.keys(rest)
    if (unknown.length > 0) throw new TypeError(`A client has no option ${unknown.join(', ')}.`)
    const strangers = (roles ?? []).filter((role) => !ROLES.includes(role))
    if (strangers.length > 0) {
      throw new TypeError(`Unknown roles: ${strangers.join(', ')}. There are ${ROLES.join(', ')}.`)
    }
    this.socket = socket
    this.timeout = checkedTimeout(timeout)
    this.daemonUid = daemonUid
    this.roles = roles ?? ROLES_OF_CALLS
    this.name = name
    this.paths()
  }

  /** Where the socket may be, by the argument or the environment of this moment. */
  paths() {
    return candidates(this.socket)
  }

  /** The first call of a connection. */
  hello() {
    return hello(this.name, version, this.roles)
  }

  /** The same daemon, for a connection that keeps only these roles. */
  keeping(roles) {
    return Object.assign(Object.create(Settings.prototype), this, { roles })
  }
}

/** Milliseconds; undefined for nothing said. */
function checkedTimeout(timeout) {
  if (timeout === undefined || timeout === null) return undefined
  if (typeof timeout !== 'number' || Number.isNaN(timeout)) {
    throw new TypeError('timeout is a number of milliseconds; Infinity for no limit.')
  }
  return timeout
}

module.exports = { Settings, checkedTimeout, version }
