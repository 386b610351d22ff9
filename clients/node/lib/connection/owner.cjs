'use strict'

const fs = require('node:fs')
const { dirname } = require('node:path')
const { unavailable } = require('../errors/made.cjs')

const EVERYBODY_WRITES = 0o002
const warned = new Set()

/**
 * Refuses a socket that somebody else has put in the daemon's place.
 *
 * Node cannot ask the kernel who is at the other end (SO_PEERCRED), so the file is asked who made it. Good are root
 * (systemd holds the socket), this process's user, and the user `daemonUid`; where none is given, the owner of the
 * socket's directory. Who owns the directory can put another socket there, so the same holds for it.
 */
function checkOwner(path, daemonUid) {
  if (process.geteuid === undefined) return
  const directory = dirname(path)
  let socket
  let place
  try {
    socket = fs.statSync(path)
    place = fs.statSync(directory)
  } catch {
    // Gone since it was connected to, or in a directory that may be passed but not looked into.
    return
  }
  const accepted = new Set([0, process.geteuid(), daemonUid ?? place.uid])
  for (const [what, uid] of [[`The socket ${path}`, socket.uid], [`The directory ${directory}`, place.uid]]) {
    if (accepted.has(uid)) continue
    const text = `${what} belongs to uid ${uid}, which is not the daemon's. If it should, pass daemonUid: ${uid}.`
    throw unavailable(text, { retryable: false })
  }
  if ((place.mode & EVERYBODY_WRITES) !== 0 && !warned.has(path)) {
    warned.add(path)
    process.emitWarning(
      `Everybody may create files in ${directory}, so another user could put a socket in the place of ${path}. ` +
        "Move it to a directory of the daemon's own.",
      { type: 'SecurityWarning', code: 'MVP_AUTH_DIRECTORY' })
  }
}

module.exports = { checkOwner }
