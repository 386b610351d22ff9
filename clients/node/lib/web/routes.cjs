'use strict'

const { createHash } = require('node:crypto')
const { METHODS, ROUTES } = require('../generated.cjs')
const { classes } = require('../errors/classes.cjs')
const { WIRE, camelCase } = require('../models/models.cjs')
const { bearerToken } = require('./bearer.cjs')

/** The groups of routes; what lists and ends sessions goes by `session_management`, `sessions` is a route. */
const GROUPS = {}
for (const [name, { group }] of Object.entries(ROUTES)) {
  const word = group === 'sessions' ? 'session_management' : group
  GROUPS[word] = [...(GROUPS[word] ?? []), name]
}

/** The routes to mount. Throws `TypeError` for unknown names, and where nothing is left. */
function selectedRoutes(include, exclude = []) {
  const wanted = new Set(include === undefined ? Object.keys(ROUTES) : names(include))
  const left = new Set(names(exclude))
  const unknown = [...wanted, ...left].filter((name) => !Object.hasOwn(ROUTES, name))
  if (unknown.length > 0) throw new TypeError(`Unknown route names: ${[...new Set(unknown)].sort().join(', ')}`)
  const routes = [...wanted].filter((name) => !left.has(name)).map((name) => ROUTES[name])
  if (routes.length === 0) throw new TypeError('No routes to mount after applying include/exclude')
  return routes
}

function names(words) {
  return [...words].flatMap((word) => (Object.hasOwn(GROUPS, word) ? GROUPS[word] : [word]))
}

/**
 * Makes the one call of a route, with the members that the route has and nothing else of the request.
 *
 * @param request `{ headers }` of Node, its body as an object, `identifier` from the path, and `device`.
 */
async function callRoute(auth, route, request, { body, identifier, device, signal }) {
  const params = {}
  for (const name of route.body) {
    if (Object.hasOwn(body, name)) params[camelCase(name)] = body[name]
  }
  if (route.protected) {
    // Signing out takes the refresh token instead.
    const token = bearerToken(request, params.refreshToken !== undefined)
    if (token !== undefined) {
      delete params.refreshToken
      params.accessToken = token
    }
  }
  if (route.device) params.deviceInfo = device.deviceInfo
  if (route.address) params.ipAddress = device.ipAddress
  if (route.pathParameter !== null) params[camelCase(route.pathParameter)] = identifier
  const method = METHODS[route.rpc]
  const idempotencyKey = method.idempotent ? undefined : scopedKey(request, params, device)
  // Who leaves in the middle of a refresh must not lose the pair that it makes.
  const value = await auth[method.function](params, { idempotencyKey, signal: route.rpc === 'auth.refresh' ? undefined : signal })
  return Array.isArray(value) ? value.map(asAnswered) : asAnswered(value)
}

/** What the daemon left out of a reply stays out. */
function asAnswered(value) {
  return value[WIRE]?.() ?? value.toJSON?.() ?? value
}

/** The key of a request, kept apart from the keys of others: the daemon sees one caller, the application. */
function scopedKey(request, { accessToken, refreshToken }, { ipAddress }) {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  if (!/^[!-~]{8,128}$/.test(key)) {
    const reason = 'must be 8 to 128 printable ASCII characters'
    throw new classes.ValidationError(`Idempotency-Key ${reason}.`, { fields: [{ path: 'Idempotency-Key', reason }] })
  }
  const owner = accessToken ?? refreshToken ?? ipAddress ?? ''
  return createHash('sha256').update(JSON.stringify([owner, key])).digest('hex')
}

module.exports = { GROUPS, callRoute, selectedRoutes }
