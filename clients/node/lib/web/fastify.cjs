'use strict'

const { Client } = require('../client/client.cjs')
const { classes } = require('../errors/classes.cjs')
const { RequestError, answer, logServerErrors } = require('./answer.cjs')
const { authenticate, checkedOptions } = require('./authenticate.cjs')
const { MAXIMUM_BYTES, checkType, checkedObject } = require('./body.cjs')
const { device } = require('./device.cjs')
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
  return async function requireAuth(request) {
    request.auth = await authenticate(auth, request.raw, checked)
  }
}

/** The routes of the REST interface as a plugin: `register(authRoutes, { prefix: '/auth' })`. */
async function authRoutes(fastify, { client = fastify.auth, include, exclude, log = logServerErrors }) {
  if (client === undefined) throw new TypeError('Register mvp-auth before authRoutes, or pass it a client.')
  fastify.setErrorHandler(errorHandler({ log }))
  for (const route of selectedRoutes(include, exclude)) {
    fastify.route({
      method: route.method,
      url: route.path.replace(/\{(\w+)\}/, ':identifier'),
      bodyLimit: MAXIMUM_BYTES,
      async handler(request, reply) {
        const body = route.body.length > 0 ? readBody(request) : {}
        const value = await callRoute(client, route, request.raw, {
          body, identifier: request.params.identifier, device: device(request.raw, request.ip),
        })
        reply.code(route.status).header('Cache-Control', 'no-store')
        return value
      },
    })
  }
}

function readBody(request) {
  if (request.body === undefined || request.body === null) return {}
  checkType(request.raw)
  return checkedObject(request.body)
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
  if (error instanceof SyntaxError && error.statusCode === 400) {
    return new RequestError(400, 'PARSE_ERROR', 'The body is not JSON.')
  }
  return undefined
}

module.exports = mvpAuth
module.exports.mvpAuth = mvpAuth
module.exports.authRoutes = authRoutes
module.exports.errorHandler = errorHandler
module.exports.requireAuth = requireAuth
module.exports.routeGroups = GROUPS
