'use strict'

const { isIP } = require('node:net')

/** The device of who makes a request: for `login` and `refresh`. */
function device(request, address) {
  return { deviceInfo: request.headers['user-agent'], ipAddress: plainAddress(address) }
}

/** The address as people write it; undefined for what is none, as behind a Unix socket. */
function plainAddress(text) {
  if (typeof text !== 'string') return undefined
  const address = text.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  return isIP(address) === 0 ? undefined : address
}

module.exports = { device, plainAddress }
