'use strict'

const { METHODS } = require('../generated.cjs')
const { deviceInfo } = require('../calls/values.cjs')
const { camelCase, readReply } = require('../models/models.cjs')

/** The names of params, by what they are called in JavaScript. */
function wireNames(method) {
  return new Map(method.params.map((name) => [camelCase(name), name]))
}

/**
 * The params in the wire's words. What is missing or of another type is for the daemon to refuse, which says it in
 * `fields`; a name that the method does not have is a mistake in the program.
 */
function wireParams(method, names, params) {
  if (typeof (params ?? {}) !== 'object') {
    // Not repeated: it is a token, mostly.
    throw new TypeError(`${method.function} takes an object: { ${[...names.keys()].join(', ')} }.`)
  }
  const wire = {}
  for (const [property, value] of Object.entries(params ?? {})) {
    const name = names.get(property)
    if (name === undefined) {
      const others = [...names.keys()].join(', ') || 'nothing'
      throw new TypeError(`${method.function} takes ${others}; it does not know ${property}.`)
    }
    if (value === undefined || value === null) continue
    wire[name] = name === 'device_info' ? deviceInfo(value) : value
  }
  return wire
}

/** Gives a class one function for each method that applications call: `login`, `currentUser`, `sessions`… */
function installMethods(cls) {
  for (const [name, method] of Object.entries(METHODS)) {
    if (method.function === null) continue
    const names = wireNames(method)
    const functions = names.size === 0
      ? {
          async [method.function](options) {
            return readReply(method, await this.call(name, {}, options))
          },
        }
      : {
          async [method.function](params, options) {
            return readReply(method, await this.call(name, wireParams(method, names, params), options))
          },
        }
    Object.defineProperty(cls.prototype, method.function, {
      value: functions[method.function], writable: true, configurable: true,
    })
  }
}

module.exports = { installMethods }
