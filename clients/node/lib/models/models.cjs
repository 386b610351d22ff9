'use strict'

const { MODELS } = require('../generated.cjs')
const { classes } = require('../errors/classes.cjs')
const { isObject } = require('../errors/made.cjs')

const INSPECT = Symbol.for('nodejs.util.inspect.custom')

const WIRE = Symbol('wire')

class Misfit extends Error {}

/** How each kind of member is read. Timestamps stay the texts that they are: `new Date(user.createdAt)`. */
const readers = {
  any: (value) => value,
  string: expecting('string'),
  uuid: expecting('string'),
  'date-time': expecting('string'),
  number: expecting('number'),
  boolean: expecting('boolean'),
  integer: (value) => (Number.isInteger(value) ? value : misfit()),
  table: (value) => (isObject(value) && Object.values(value).every(Number.isInteger) ? value : misfit()),
  array: (value) => (Array.isArray(value) ? value : misfit()),
  object: (value) => (isObject(value) ? value : misfit()),
}

function expecting(type) {
  return (value) => (typeof value === type ? value : misfit())
}

function misfit() {
  throw new Misfit()
}

/** `access_token` as `accessToken`. */
function camelCase(name) {
  return name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase())
}

/** A class for the values of a reply: immutable, with the wire's words in its JSON and no secret in its `inspect`. */
function model(name, fields) {
  const members = fields.map((field) => ({ ...field, property: camelCase(field.name), read: reader(field.type) }))
  const { [name]: cls } = {
    [name]: class {
      #absent = new Set()

      constructor(wire) {
        if (!isObject(wire)) misfit()
        for (const { name, property, read, optional } of members) {
          const value = wire[name]
          if (value === undefined) this.#absent.add(name)
          this[property] = optional && (value === undefined || value === null) ? null : read(value)
        }
        Object.freeze(this)
      }

      toJSON() {
        const value = {}
        for (const { name, property } of members) value[name] = this[property]
        return value
      }

      /** As the daemon has answered it: what it left out stays out. */
      [WIRE]() {
        return Object.fromEntries(Object.entries(this.toJSON()).filter(([name]) => !this.#absent.has(name)))
      }

      [INSPECT](depth, options, inspect) {
        const shown = {}
        for (const { property, secret } of members) {
          shown[property] = secret && this[property] !== null ? '<secret>' : this[property]
        }
        return `${name} ${inspect(shown, options)}`
      }
    },
  }
  return cls
}

function reader(type) {
  if (type.startsWith('[')) {
    const read = reader(type.slice(1, -1))
    return (value) => (Array.isArray(value) ? Object.freeze(value.map(read)) : misfit())
  }
  if (type in readers) return readers[type]
  return (value) => new models[type](value)
}

const models = {}
for (const [name, fields] of Object.entries(MODELS)) models[name] = model(name, fields)

/** The reply of a method as its model, or as a list of them. What does not fit is the daemon's mistake. */
function readReply(method, result) {
  try {
    const Model = models[method.reply]
    if (!method.list) return new Model(result)
    return readers.array(result).map((element) => new Model(element))
  } catch (error) {
    if (!(error instanceof Misfit)) throw error
    throw new classes.ProtocolError(undefined, { executed: true })
  }
}

/** A pair that an application has kept: as it was answered, or as its JSON was read again. */
function tokenPair(value) {
  if (value instanceof models.TokenPair) return value
  const said = isObject(value) ? value : {}
  const members = MODELS.TokenPair.map(({ name }) => [name, said[name] ?? said[camelCase(name)]])
  try {
    return new models.TokenPair(Object.fromEntries(members))
  } catch {
    throw new TypeError('A pair of tokens was expected: what login or refresh answers, or what its JSON says.')
  }
}

module.exports = { WIRE, camelCase, models, readReply, tokenPair }
