'use strict'

const fs = require('node:fs')
const path = require('node:path')
const { classes } = require('../errors/classes.cjs')

/** The path of `mvp-authd`: `MVP_AUTHD`, else on the `PATH`. Throws `ConfigurationError`. */
function findDaemon(environment = process.env) {
  const named = environment.MVP_AUTHD
  if (named) {
    if (isProgram(named)) return path.resolve(named)
    throw new classes.ConfigurationError(`MVP_AUTHD names ${named}, which is no program.`)
  }
  for (const directory of (environment.PATH ?? '').split(path.delimiter)) {
    const candidate = path.join(directory || '.', 'mvp-authd')
    if (isProgram(candidate)) return path.resolve(candidate)
  }
  throw new classes.ConfigurationError(
    'There is no mvp-authd here: install it (`pip install mvp-auth-daemon` does, too), or name the program in ' +
      'MVP_AUTHD. Tests without a daemon use StubAuth of mvp-auth/testing.')
}

function isProgram(candidate) {
  try {
    fs.accessSync(candidate, fs.constants.X_OK)
    return fs.statSync(candidate).isFile()
  } catch {
    return false
  }
}

module.exports = { findDaemon }
