'use strict'

const { RequestError } = require('./answer.cjs')

const MAXIMUM_BYTES = 64 * 1024
const JSON_TYPE = /^application\/json\s*(;|$)/i

/** The JSON object of a request: parsed already, as `express.json()` does, or read here. */
async function readBody(request) {
  // Readers of bodies leave an empty object where there is none.
  if (!hasBody(request) && Object.keys(request.body ?? {}).length === 0) return {}
  checkType(request)
  if (request.body !== undefined) return checkedObject(request.body)
  return checkedObject(parsed(await readAll(request)))
}

function parsed(bytes) {
  try {
    return JSON.parse(utf8.decode(bytes))
  } catch {
    throw new RequestError(400, 'PARSE_ERROR', 'The body is not JSON.')
  }
}

function hasBody({ headers }) {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** A form of another site can send other types without asking, but not this one. */
function checkType({ headers }) {
  if (JSON_TYPE.test(headers['content-type'] ?? '')) return
  throw new RequestError(415, 'UNSUPPORTED_MEDIA_TYPE', 'The body must be application/json.')
}

function checkedObject(value) {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value)) return value
  throw new RequestError(400, 'INVALID_REQUEST', 'The body must be a JSON object.')
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function readAll(request) {
  return new Promise((resolve, reject) => {
    const chunks = []
    let size = 0
    const finish = (settle, value) => {
      request.off('data', take)
      request.off('end', end)
      request.off('error', fail)
      request.off('close', fail)
      settle(value)
    }
    const take = (chunk) => {
      size += chunk.length
      chunks.push(chunk)
      if (size <= MAXIMUM_BYTES) return
      // The rest is read and dropped, so that the answer can be.
      request.resume()
      finish(reject, new RequestError(413, 'MESSAGE_TOO_LARGE', `The body is longer than ${MAXIMUM_BYTES} bytes.`))
    }
    const end = () => finish(resolve, Buffer.concat(chunks))
    const fail = () => finish(reject, new RequestError(400, 'BAD_REQUEST', 'The body was not sent as a whole.'))
    request.on('data', take)
    request.on('end', end)
    request.on('error', fail)
    request.on('close', fail)
  })
}

module.exports = { MAXIMUM_BYTES, checkedObject, parsed, readBody }
