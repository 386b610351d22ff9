'use strict'

const { classes } = require('../errors/classes.cjs')
const { answer, logServerErrors } = require('./answer.cjs')
const { authenticate, checkedOptions } = require('./authenticate.cjs')
const { readBody } = require('./body.cjs')
const { device } = require('./device.cjs')
const { leavingSignal } = require('./leaving.cjs')
const { GROUPS, callRoute, selectedRoutes } = require('./routes.cjs')

/** A middleware that lets those in who have a living token: `req.auth` says who. Errors go to `next`. */
function requireAuth(auth, options) {
  const checked = checkedOptions(options)
  return async function requireAuth(request, response, next) {
    const leaving = leavingSignal(response)
    try {
      request.auth = await authenticate(auth, request, checked, leaving.signal)
    } catch (error) {
      // Nobody is there any more who could be answered.
      if (!leaving.signal.aborted) next(error)
      return
    } finally {
      leaving.end()
    }
    next()
  }
}

/**
 * The routes of the REST interface, to be mounted at a path. It answers what the daemon refuses by itself; what is no
 * route of it, and what is no error of ours, goes to `next`.
 */
function authRouter(auth, { include, exclude, prefix = '', clientIp = addressOf, log = logServerErrors } = {}) {
  const routes = selectedRoutes(include, exclude).map((route) => ({ route, pattern: pattern(prefix, route) }))
  return async function authRouter(request, response, next = alone(response)) {
    const path = request.url.split('?', 1)[0]
    const verb = request.method === 'HEAD' ? 'GET' : request.method
    const found = routes.find(({ route, pattern }) => route.method === verb && pattern.test(path))
    if (found === undefined) return next()
    const leaving = leavingSignal(response)
    try {
      const { route, pattern } = found
      const body = route.body.length > 0 ? await readBody(request) : {}
      const value = await callRoute(auth, route, request, {
        body,
        identifier: pattern.exec(path)[1],
        device: device(request, clientIp(request)),
        signal: leaving.signal,
      })
      send(response, route.status, value, { 'Cache-Control': 'no-store' })
    } catch (error) {
      if (leaving.signal.aborted) return
      refuse(error, response, next, log)
    } finally {
      leaving.end()
    }
  }
}

/** Express's `req.ip`, which goes by its setting `trust proxy`; elsewhere that of the connection, whatever headers say. */
function addressOf(request) {
  return request.ip ?? request.socket?.remoteAddress
}

/** Answers errors of ours as the REST routes do; others, and those that come too late, go to `next`. */
function errorHandler({ log = logServerErrors } = {}) {
  // Express knows a handler of errors by its four parameters.
  return function errorHandler(error, request, response, next) {
    refuse(error, response, next, log)
  }
}

function refuse(error, response, next, log) {
  if (!(error instanceof classes.MvpAuthError) || response.headersSent) return next(error)
  log(error)
  const { status, body, headers } = answer(error)
  send(response, status, body, headers)
}

function send(response, status, value, headers) {
  const text = JSON.stringify(value)
  response.statusCode = status
  for (const [name, text] of Object.entries(headers)) response.setHeader(name, text)
  response.setHeader('Content-Type', 'application/json; charset=utf-8')
  response.setHeader('Content-Length', Buffer.byteLength(text))
  response.end(text)
}

/** The `next` of a server that has nothing but the routes. */
function alone(response) {
  return (error) => {
    if (error === undefined) return send(response, 404, { detail: 'There is no such route.', code: 'NOT_FOUND' }, {})
    console.error(error)
    return send(response, 500, { detail: 'Internal error.', code: 'INTERNAL_ERROR' }, {})
  }
}

function pattern(prefix, route) {
  const path = (prefix.replace(/\/+$/, '') + route.path).replace(/[.*+?^$()|[\]\\]/g, '\\$&')
  return new RegExp(`^${path.replace(/\{\w+\}/, '([^/]+)')}$`)
}

module.exports = { authRouter, errorHandler, requireAuth, routeGroups: GROUPS }
