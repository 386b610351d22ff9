'use strict'

const { Client } = require('../client/client.cjs')
const { classes } = require('../errors/classes.cjs')
const { RequestError, answer, logServerErrors } = require('./answer.cjs')
const { authenticate, checkedOptions } = require('./authenticate.cjs')
const { MAXIMUM_BYTES, checkedObject, parsed } = require('./body.cjs')
const { device } = require('./device.cjs')
const { leavingSignal } = require('./leaving.cjs')
const { GROUPS, callRoute, selectedRoutes } = require('./routes.cjs')

/**
 * The plugin: `fastify.auth` is the client, `fastify.requireAuth` a hook after which `request.auth` says who makes the
 * request. A client that is made here ends with the server.
 */
async function mvpAuth(fastify, { client, prefix, ...options } = {}) {
  const auth = client ?? new Client(options)
  fastify.decorate('auth', auth)
  fastify.decorateRequest('auth', null)
  fastify.decorate('requireAuth', requireAuth(auth))
  if (client === undefined) fastify.addHook('onClose', () => auth.close())
}

// What fastify-plugin would set: the decorations are for the whole server.
mvpAuth[Symbol.for('skip-override')] = true
mvpAuth[Symbol.for('fastify.display-name')] = 'mvp-auth'
mvpAuth[Symbol.for('plugin-meta')] = { name: 'mvp-auth', fastify: '>=4' }

/** A hook for `onRequest` that lets those in who have a living token. */
function requireAuth(auth, options) {
  const checked = checkedOptions(options)
  return function requireAuth(request, reply) {
    return whileThere(reply, async (signal) => {
      request.auth = await authenticate(auth, request.raw, checked, signal)
    })
  }
}

/** The routes of the REST interface as a plugin: `register(authRoutes, { prefix: '/auth' })`. */
async function authRoutes(fastify, { client = fastify.auth, include, exclude, log = logServerErrors }) {
  if (client === undefined) throw new TypeError('Register mvp-auth before authRoutes, or pass it a client.')
  fastify.setErrorHandler(errorHandler({ log }))
  // Fastify's own reader refuses an empty body of this type, which browsers' libraries send with every POST.
  fastify.removeAllContentTypeParsers()
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (request, bytes) => {
    return bytes.length === 0 ? undefined : parsed(bytes)
  })
  for (const route of selectedRoutes(include, exclude)) {
    fastify.route({
      method: route.method,
      url: route.path.replace(/\{(\w+)\}/, ':identifier'),
      bodyLimit: MAXIMUM_BYTES,
      handler: (request, reply) => whileThere(reply, async (signal) => {
        const value = await callRoute(client, route, request.raw, {
          body: route.body.length > 0 ? checkedObject(request.body ?? {}) : {},
          identifier: request.params.identifier,
          // By Fastify's option `trustProxy`.
          device: device(request.raw, request.ip),
          signal,
        })
        reply.code(route.status).header('Cache-Control', 'no-store')
        return value
      }),
    })
  }
}

/** Runs `body` as long as there is somebody to answer; of who has left Fastify need not know more. */
async function whileThere(reply, body) {
  const leaving = leavingSignal(reply.raw)
  try {
    return await body(leaving.signal)
  } catch (error) {
    if (!leaving.signal.aborted) throw error
    reply.hijack()
    return reply
  } finally {
    leaving.end()
  }
}

/** For `setErrorHandler`: answers errors of ours as the REST routes do, leaves the others to Fastify. */
function errorHandler({ log = logServerErrors } = {}) {
  return function errorHandler(error, request, reply) {
    const ours = error instanceof classes.MvpAuthError ? error : ofBody(error)
    if (ours === undefined) return reply.send(error)
    log(ours)
    const { status, body, headers } = answer(ours)
    return reply.code(status).headers(headers).send(body)
  }
}

/** What Fastify's own reader of bodies refuses, in the words of the REST routes. */
function ofBody(error) {
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new RequestError(415, 'UNSUPPORTED_MEDIA_TYPE', 'The body must be application/json.')
  }
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new RequestError(413, 'MESSAGE_TOO_LARGE', `The body is longer than ${MAXIMUM_BYTES} bytes.`)
  }
  return undefined
}

module.exports = mvpAuth
module.exports.mvpAuth = mvpAuth
module.exports.authRoutes = authRoutes
module.exports.errorHandler = errorHandler
module.exports.requireAuth = requireAuth
module.exports.routeGroups = GROUPS
