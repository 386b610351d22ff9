'use strict'

const { classes } = require('../errors/classes.cjs')

const MAXIMUM_DEVICE_BYTES = 512

/** What must be looked at; of halves of pairs only those that are alone are refused. */
const SUSPICIOUS = /[\0\ud800-\udfff]/
const REFUSED = /[\0\p{Surrogate}]/u

/**
 * Compact JSON. Throws `ValidationError` for what the daemon refuses and `JSON.stringify` lets pass: lone surrogates,
 * U+0000, numbers that are none, and bytes where text belongs.
 */
function encode(value) {
  const found = []
  examine(value, '', found)
  if (found.length > 0) {
    const fields = found.map(([path, reason]) => ({ path, reason }))
    throw new classes.ValidationError('The input holds what cannot be sent.', { code: 'INVALID_PARAMS', fields })
  }
  return JSON.stringify(value)
}

function examine(value, path, found) {
  switch (typeof value) {
    case 'string': {
      const match = SUSPICIOUS.test(value) ? REFUSED.exec(value) : null
      if (match === null) return
      found.push([path, `must not contain ${match[0] === '\0' ? 'U+0000' : 'a lone surrogate'}`])
      return
    }
    case 'number':
      if (!Number.isFinite(value)) found.push([path, 'must be a number that JSON has'])
      return
    case 'bigint':
      found.push([path, 'must be a number that JSON has'])
      return
    case 'object':
      if (value === null) return
      if (ArrayBuffer.isView(value)) {
        found.push([path, 'must be text, not bytes'])
      } else if (Array.isArray(value)) {
        value.forEach((element, index) => examine(element, `${path}[${index}]`, found))
      } else {
        for (const name of Object.keys(value)) {
          examine(name, path, found)
          examine(value[name], path === '' ? name : `${path}.${name}`, found)
        }
      }
  }
}

/** What a session remembers of the browser: a User-Agent without control characters, of at most 512 bytes of UTF-8. */
function deviceInfo(text) {
  if (typeof text !== 'string') return text
  let kept = ''
  let size = 0
  // By code points, so that none is cut.
  for (const character of text) {
    const code = character.codePointAt(0)
    if (code < 0x20 || code === 0x7f || (code >= 0xd800 && code <= 0xdfff)) continue
    size += Buffer.byteLength(character)
    if (size > MAXIMUM_DEVICE_BYTES) break
    kept += character
  }
  return kept === '' ? undefined : kept
}

module.exports = { deviceInfo, encode }
