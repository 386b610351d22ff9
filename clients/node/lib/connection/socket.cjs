'use strict'

const net = require('node:net')
const { unavailable } = require('../errors/made.cjs')
const { locate } = require('./endpoint.cjs')
const { checkOwner } = require('./owner.cjs')

/**
 * Connects. On Unix sockets the kernel answers at once; a full backlog is EAGAIN, which is worth another attempt.
 *
 * @param {(cancel: () => void) => void} onCancellable Given what ends the attempt.
 */
function connectSocket(paths, daemonUid, onCancellable) {
  return new Promise((resolve, reject) => {
    const path = locate(paths)
    const socket = net.connect({ path })
    const fail = (error) => {
      socket.destroy()
      reject(error)
    }
    onCancellable(() => fail(unavailable('The attempt to connect was given up.')))
    // For as long as the socket lives: an error event without a listener ends the process.
    socket.on('error', (error) => fail(explained(error, path, paths)))
    socket.once('connect', () => {
      try {
        checkOwner(path, daemonUid)
        resolve(socket)
      } catch (error) {
        fail(error)
      }
    })
  })
}

/** What a failed attempt means, and what to do about it. */
function explained(error, path, searched) {
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return unavailable(
        `There is no socket at ${searched.join(' and ')}. Is mvp-authd running? ` +
          'Set MVP_AUTH_SOCKET when it listens elsewhere.', { cause: error })
    case 'EACCES':
    case 'EPERM':
      return unavailable(
        `This process may not use ${path}. Add its user to the group mvp-auth (usermod -aG mvp-auth USER) ` +
          'and start it again.', { retryable: false, cause: error })
    case 'ECONNREFUSED':
      return unavailable(`Nobody listens at ${path}. Is mvp-authd running?`, { cause: error })
    case 'EAGAIN':
    case 'ETIMEDOUT':
      return unavailable(`The daemon at ${path} is too busy to accept the connection.`, { cause: error })
    default:
      return unavailable(`The daemon cannot be reached at ${path}: ${error.code ?? error.message}.`, { cause: error })
  }
}

module.exports = { connectSocket }
