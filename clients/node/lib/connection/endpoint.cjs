'use strict'

const fs = require('node:fs')
const { fileURLToPath } = require('node:url')
const { classes } = require('../errors/classes.cjs')

const SOCKET_NAME = 'mvp-auth.sock'
const SYSTEM_DIRECTORY = '/run/mvp-auth'
/** What fits into the kernel's `sockaddr_un`. */
const MAXIMUM_PATH_BYTES = 107

/**
 * The paths at which the socket may be, in the order of the search.
 *
 * The argument, else `MVP_AUTH_SOCKET`, else in `MVP_AUTH_RUNTIME_DIR`, else in `$XDG_RUNTIME_DIR/mvp-auth` or
 * `/run/mvp-auth`. An empty variable is as an unset one. `RUNTIME_DIRECTORY` is not looked at: under systemd it is the
 * application's own.
 */
function candidates(argument, environment = process.env) {
  if (argument) return [checked(argument instanceof URL ? fileURLToPath(argument) : argument)]
  if (environment.MVP_AUTH_SOCKET) return [checked(environment.MVP_AUTH_SOCKET)]
  if (environment.MVP_AUTH_RUNTIME_DIR) return [checked(join(environment.MVP_AUTH_RUNTIME_DIR))]
  const paths = []
  if (environment.XDG_RUNTIME_DIR) paths.push(checked(join(`${environment.XDG_RUNTIME_DIR}/mvp-auth`)))
  paths.push(join(SYSTEM_DIRECTORY))
  return paths
}

/**
 * The first path that exists; the last one when none does. One that may not be looked at is taken when no other
 * exists, so that the error is about permission and not about absence.
 */
function locate(paths, stat = fs.statSync) {
  let hidden
  for (const path of paths) {
    try {
      stat(path)
      return path
    } catch (error) {
      if (error.code === 'EACCES') hidden ??= path
    }
  }
  return hidden ?? paths[paths.length - 1]
}

function join(directory) {
  return `${directory.replace(/\/+$/, '')}/${SOCKET_NAME}`
}

/** The path of `unix:///path`; a plain path is taken as it is. */
function checked(url) {
  const path = String(url).replace(/^unix:\/\//, '')
  if (path === '') {
    throw new classes.ConfigurationError(`The socket "${url}" has no path: write unix:///run/mvp-auth/….`)
  }
  // Node would cut it there and connect elsewhere.
  if (path.includes('\0')) throw new classes.ConfigurationError("The socket's path holds a zero byte.")
  const size = Buffer.byteLength(path)
  if (size > MAXIMUM_PATH_BYTES) {
    throw new classes.ConfigurationError(
      `The socket's path is ${size} bytes long, and the system allows ${MAXIMUM_PATH_BYTES}: ${path}`)
  }
  return path
}

module.exports = { candidates, locate }
