// A model of what Fastify promises its plugins, as far as ours relies on it: there is no Fastify to be had here.
// Encapsulation by `skip-override`, decorations, hooks, handlers of errors, and the reader of bodies with its errors.
import http from 'node:http'

export class FastifyModel {
  #routes = []
  #decorations = {}
  #closing = []

  constructor(parent, prefix = '') {
    this.parent = parent
    this.prefix = prefix
    this.root = parent?.root ?? this
    this.requestDecorations = parent?.requestDecorations ?? []
    this.errorHandler = parent?.errorHandler
  }

  async register(plugin, options = {}) {
    const isShared = plugin[Symbol.for('skip-override')] === true
    const instance = isShared ? this : Object.setPrototypeOf(new FastifyModel(this, this.prefix + (options.prefix ?? '')), this.#child())
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
    const request = {
      raw, headers: raw.headers, ip: raw.socket.remoteAddress,
      params: Object.fromEntries(route.names.map((name, index) => [name, match[index + 1]])),
    }
    for (const [name, value] of this.requestDecorations) request[name] = value
    const reply = new Reply(response)
    try {
      for (const hook of route.hooks) await hook(request, reply)
      request.body = await readBody(raw, route.bodyLimit)
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
    this.response = response
  }

  code(status) {
    this.response.statusCode = status
    return this
  }

  header(name, value) {
    this.response.setHeader(name, value)
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
    this.response.end(JSON.stringify(value))
    return this
  }
}

function failure(code, statusCode) {
  return Object.assign(new Error(code), { code, statusCode })
}

async function readBody(raw, limit) {
  if (raw.headers['transfer-encoding'] === undefined && !Number(raw.headers['content-length'] ?? 0)) return undefined
  const chunks = []
  for await (const chunk of raw) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString()
  if (text.length > limit) throw failure('FST_ERR_CTP_BODY_TOO_LARGE', 413)
  const type = raw.headers['content-type'] ?? ''
  if (type.startsWith('text/plain')) return text
  if (!type.startsWith('application/json')) throw failure('FST_ERR_CTP_INVALID_MEDIA_TYPE', 415)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw Object.assign(error, { statusCode: 400 })
  }
}
