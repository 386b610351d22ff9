// A model of what Fastify promises its plugins, as far as ours relies on it: there is no Fastify to be had here.
// Encapsulation by `skip-override`, decorations, hooks, handlers of errors, the readers of bodies with their errors, and
// `trustProxy`, by proxy-addr itself, which Fastify goes by and Express brings.
import http from 'node:http'
import { optional } from './web.mjs'

export const proxyAddr = optional('proxy-addr')

export class FastifyModel {
  #routes = []
  #decorations = {}
  #closing = []

  constructor({ trustProxy = false } = {}, parent, prefix = '') {
    this.Request = parent?.Request ?? (trustProxy ? trustingRequest(trustProxy) : Request)
    this.parsers = new Map(parent?.parsers ?? [['application/json', { fn: parseJSON, text: true }], ['text/plain', { fn: (request, text) => text, text: true }]])
    this.prefix = prefix
    this.root = parent?.root ?? this
    this.requestDecorations = parent?.requestDecorations ?? []
    this.errorHandler = parent?.errorHandler
  }

  async register(plugin, options = {}) {
    const isShared = plugin[Symbol.for('skip-override')] === true
    const instance = isShared ? this : Object.setPrototypeOf(new FastifyModel({}, this, this.prefix + (options.prefix ?? '')), this.#child())
    await plugin(instance, options)
  }

  #child() {
    // A child sees what its parent was given.
    const prototype = Object.create(FastifyModel.prototype)
    for (const name of Object.keys(this.#decorations)) prototype[name] = this[name]
    return prototype
  }

  decorate(name, value) {
    if (name in this) throw new Error(`FST_ERR_DEC_ALREADY_PRESENT: ${name}`)
    this[name] = value
    this.#decorations[name] = value
  }

  decorateRequest(name, value) {
    if (typeof value === 'object' && value !== null) throw new Error('FST_ERR_DEC_REFERENCE_TYPE')
    this.requestDecorations.push([name, value])
  }

  addHook(name, hook) {
    if (name !== 'onClose') throw new Error(`the model has no hook ${name}`)
    this.#closing.push(hook)
  }

  removeAllContentTypeParsers() {
    this.parsers.clear()
  }

  addContentTypeParser(type, { parseAs }, fn) {
    if (this.parsers.has(type)) throw failure('FST_ERR_CTP_ALREADY_PRESENT', 500)
    this.parsers.set(type, { fn, text: parseAs === 'string' })
  }

  setErrorHandler(handler) {
    this.errorHandler = handler
  }

  route({ method, url, handler, bodyLimit = 1024 * 1024, onRequest = [] }) {
    const path = this.prefix + url
    const names = [...path.matchAll(/:(\w+)/g)].map((match) => match[1])
    const pattern = new RegExp(`^${path.replace(/:\w+/g, '([^/]+)')}$`)
    const methods = method === 'GET' ? ['GET', 'HEAD'] : [method]
    this.root.routes.push({ methods, pattern, names, handler, bodyLimit, hooks: [onRequest].flat(), instance: this })
  }

  get(url, options, handler) {
    this.route({ method: 'GET', url, handler, ...options })
  }

  get routes() {
    return this.#routes
  }

  listener = async (raw, response) => {
    const path = raw.url.split('?')[0]
    const route = this.routes.find((each) => each.methods.includes(raw.method) && each.pattern.test(path))
    if (route === undefined) return response.writeHead(404).end()
    const match = route.pattern.exec(path)
    const request = new this.Request(raw, Object.fromEntries(route.names.map((name, index) => [name, match[index + 1]])))
    for (const [name, value] of this.requestDecorations) request[name] = value
    const reply = new Reply(response)
    try {
      for (const hook of route.hooks) {
        await hook(request, reply)
        if (reply.isSent) return undefined
      }
      if (raw.method !== 'GET' && raw.method !== 'HEAD') request.body = await readBody(request, route)
      const value = await route.handler(request, reply)
      if (!reply.isSent) reply.send(value)
    } catch (error) {
      await route.instance.errorHandler?.(error, request, reply)
      if (!reply.isSent) reply.send(error)
    }
    return undefined
  }

  async close() {
    for (const hook of this.#closing) await hook(this)
  }
}

class Reply {
  isSent = false

  constructor(response) {
    this.raw = response
  }

  hijack() {
    this.isSent = true
    return this
  }

  code(status) {
    this.raw.statusCode = status
    return this
  }

  header(name, value) {
    this.raw.setHeader(name, value)
    return this
  }

  headers(values) {
    for (const [name, value] of Object.entries(values)) this.header(name, value)
    return this
  }

  send(value) {
    this.isSent = true
    if (value instanceof Error) {
      const { statusCode = 500, code, message } = value
      return this.code(statusCode).send({ statusCode, code, error: http.STATUS_CODES[statusCode], message })
    }
    this.header('content-type', 'application/json; charset=utf-8')
    this.raw.end(JSON.stringify(value))
    return this
  }
}

function failure(code, statusCode) {
  return Object.assign(new Error(code), { code, statusCode })
}

async function readBody(request, { bodyLimit, instance }) {
  const { headers } = request
  const isEmpty = headers['transfer-encoding'] === undefined && !Number(headers['content-length'] ?? 0)
  const type = headers['content-type']?.split(';')[0].trim().toLowerCase()
  if (type === undefined && isEmpty) return undefined
  const parser = instance.parsers.get(type)
  if (parser === undefined) throw failure('FST_ERR_CTP_INVALID_MEDIA_TYPE', 415)
  const chunks = []
  for await (const chunk of request.raw) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  if (bytes.length > bodyLimit) throw failure('FST_ERR_CTP_BODY_TOO_LARGE', 413)
  return parser.fn(request, parser.text ? bytes.toString() : bytes)
}

function parseJSON(request, text) {
  if (text === '') throw failure('FST_ERR_CTP_EMPTY_JSON_BODY', 400)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw Object.assign(error, { statusCode: 400 })
  }
}

class Request {
  constructor(raw, params) {
    Object.assign(this, { raw, params, headers: raw.headers })
  }

  get ip() {
    return this.raw.socket.remoteAddress
  }

  get hostname() {
    return this.headers.host
  }
}

/** The request of a server with the option `trustProxy`: true, a number of hops, addresses, or a function. */
function trustingRequest(trusted) {
  let trust = trusted
  if (trusted === true) trust = () => true
  else if (typeof trusted === 'number') trust = (address, hop) => hop < trusted
  else if (typeof trusted === 'string') trust = proxyAddr.compile(trusted.split(',').map((each) => each.trim()))
  else if (Array.isArray(trusted)) trust = proxyAddr.compile(trusted)
  return class extends Request {
    get ip() {
      return proxyAddr(this.raw, trust)
    }

    get ips() {
      return proxyAddr.all(this.raw, trust)
    }

    get hostname() {
      return this.headers['x-forwarded-host']?.split(',').at(-1).trim() ?? this.headers.host
    }
  }
}
