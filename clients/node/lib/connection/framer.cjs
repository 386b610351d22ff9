'use strict'

const { isObject } = require('../errors/made.cjs')

const LF = 0x0a
const BLANK = /^[\t\r ]*$/

/** The peer does not speak the protocol, and is not understood any further. */
class BadLine extends Error {}

/** Cuts what was read into lines, whatever the pieces: in bytes, so that no character is torn. */
class Framer {
  #parts = []
  #size = 0

  constructor(limit) {
    this.limit = limit
  }

  /**
   * Gives each line that is complete now to `take`, without line feeds and without blank ones. Throws `BadLine` when
   * one is longer than the limit, or is no UTF-8.
   */
  feed(data, take) {
    let start = 0
    for (let end = data.indexOf(LF); end !== -1; end = data.indexOf(LF, start)) {
      let line = data.subarray(start, end)
      start = end + 1
      if (this.#parts.length > 0) {
        this.#parts.push(line)
        line = Buffer.concat(this.#parts)
        this.#parts = []
        this.#size = 0
      }
      this.#check(line.length)
      const text = decoded(line)
      if (!BLANK.test(text)) take(text)
    }
    if (start === data.length) return
    this.#parts.push(data.subarray(start))
    this.#size += data.length - start
    this.#check(this.#size)
  }

  #check(size) {
    if (size > this.limit) throw new BadLine(`The answer is longer than ${this.limit} bytes.`)
  }
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decoded(line) {
  const text = line.toString('utf8')
  // What cannot be decoded becomes U+FFFD, which may also have been sent: only then it is looked at again.
  if (!text.includes('\ufffd')) return text
  try {
    return strict.decode(line)
  } catch {
    throw new BadLine('The answer is not UTF-8.')
  }
}

/**
 * What a line says: `{ id, result, error }` of an answer, whose id is null when it is none of ours, or
 * `{ method, params }` of a notification. Throws `BadLine` for anything else.
 */
function parse(line) {
  let value
  try {
    value = JSON.parse(line)
  } catch {
    throw new BadLine('The answer is not JSON.')
  }
  if (!isObject(value)) throw new BadLine('The answer is not an object.')
  const { id, result, error, method, params } = value
  if (result !== undefined || error !== undefined) {
    if (id === undefined || id === null) throw new BadLine('The daemon could not read a call.')
    if (result === undefined && error === null) throw new BadLine('The answer has neither a result nor an error.')
    return { id: typeof id === 'string' ? id : null, result, error: error ?? undefined }
  }
  if (typeof method === 'string' && id === undefined) return { method, params }
  throw new BadLine('The line is not an answer.')
}

module.exports = { BadLine, Framer, parse }
