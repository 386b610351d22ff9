// The plugin, on a model of Fastify's contract.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client } from 'mvp-auth'
import mvpAuth, { authRoutes, errorHandler, requireAuth } from 'mvp-auth/fastify'
import { StubAuth } from 'mvp-auth/testing'
import { PASSWORD, address, clientFor, daemonFor } from './support/daemons.mjs'
import { Fake } from './support/fake.mjs'
import { FastifyModel, proxyAddr } from './support/fastify.mjs'
import { until } from './support/wait.mjs'
import { serve } from './support/web.mjs'

const quiet = { log: () => {} }

async function appFor(test, client, options, server) {
  const fastify = new FastifyModel(server)
  await fastify.register(mvpAuth, { client })
  fastify.setErrorHandler(errorHandler(quiet))
  await fastify.register(authRoutes, { prefix: '/auth', ...quiet, ...options })
  fastify.get('/private', { onRequest: fastify.requireAuth }, async (request) => request.auth)
  fastify.get('/maybe', { onRequest: requireAuth(fastify.auth, { optional: true }) }, async (request) => ({ auth: request.auth }))
  fastify.get('/open', {}, async (request) => ({ auth: request.auth }))
  fastify.get('/broken', {}, async () => {
    throw new TypeError('a bug')
  })
  return serve(test, fastify.listener)
}

test('the routes, with the real daemon', async (t) => {
  const daemon = await daemonFor(t)
  const call = await appFor(t, clientFor(t, daemon))
  const email = address()
  const registered = await call('POST', '/auth/register', { body: { email, password: PASSWORD } })
  assert.deepEqual([registered.status, registered.body.email], [201, email])
  const login = await call('POST', '/auth/login', { body: { email, password: PASSWORD }, headers: { 'user-agent': 'Firefox' } })
  assert.deepEqual([login.status, login.body.token_type, login.headers.get('cache-control')], [200, 'bearer', 'no-store'])
  const token = login.body.access_token
  assert.equal((await call('GET', '/auth/me', { token })).body.email, email)
  const [session] = (await call('GET', '/auth/sessions', { token })).body
  assert.deepEqual([session.device_info, session.ip_address, session.current], ['Firefox', '127.0.0.1', true])
  assert.equal((await call('GET', '/private', { token })).body.user.email, email)
  assert.equal((await call('DELETE', `/auth/sessions/${session.id}`, { token })).status, 200)
  assert.equal((await call('GET', '/private', { token })).body.code, 'TOKEN_REVOKED')
  const wrong = await call('POST', '/auth/login', { body: { email, password: 'wrong' } })
  assert.deepEqual([wrong.status, wrong.body], [401, { detail: 'Invalid credentials', code: 'INVALID_CREDENTIALS' }])
})

test('hooks let in who has a token', async (t) => {
  const call = await appFor(t, new StubAuth({ users: { ada: 'ada@example.org' } }))
  const missing = await call('GET', '/private')
  assert.deepEqual([missing.status, missing.body.code], [401, 'TOKEN_INVALID'])
  assert.equal(missing.headers.get('www-authenticate'), 'Bearer realm="mvp-auth"')
  assert.equal((await call('GET', '/private', { token: 'ada' })).body.user.email, 'ada@example.org')
  assert.equal((await call('GET', '/maybe')).body.auth, null)
  assert.equal((await call('GET', '/maybe', { token: 'nobody' })).status, 401)
  assert.equal((await call('GET', '/open', { token: 'ada' })).body.auth, null)
})

test('bodies are JSON objects, and other errors are Fastify\'s', async (t) => {
  const call = await appFor(t, new StubAuth(), { include: ['login', 'logout'] })
  for (const [options, status, code] of [
    [{ raw: '{"a":', type: 'application/json' }, 400, 'PARSE_ERROR'],
    [{ raw: 'a=b', type: 'application/x-www-form-urlencoded' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [{ raw: '{"email":"a"}', type: 'text/plain' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [{ body: [1] }, 400, 'INVALID_REQUEST'],
    [{ body: { email: 'x'.repeat(70_000) } }, 413, 'MESSAGE_TOO_LARGE'],
  ]) {
    const answer = await call('POST', '/auth/login', options)
    assert.deepEqual([answer.status, answer.body.code], [status, code])
  }
  assert.equal((await call('GET', '/auth/me')).status, 404)
  assert.deepEqual((await call('GET', '/broken')).body, { statusCode: 500, error: 'Internal Server Error', message: 'a bug' })
})

test('an empty body of the type of JSON is none', async (t) => {
  const call = await appFor(t, new StubAuth({ users: { ada: 'ada@example.org', bob: 'bob@example.org' } }))
  const headers = { 'content-type': 'application/json; charset=utf-8' }
  assert.equal((await call('POST', '/auth/logout', { token: 'ada', headers })).status, 200)
  assert.equal((await call('DELETE', '/auth/sessions/5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10', { token: 'bob', headers })).body.code, 'SESSION_NOT_FOUND')
  assert.equal((await call('POST', '/auth/logout', { headers })).body.code, 'TOKEN_INVALID')
})

test('the daemon is told the address that Fastify has, by its option trustProxy', { skip: proxyAddr === undefined && 'not unpacked' }, async (t) => {
  const chain = '198.51.100.1, 192.0.2.9'
  for (const [trustProxy, expected] of [
    [false, '127.0.0.1'], [true, '198.51.100.1'], [1, '192.0.2.9'], ['loopback', '192.0.2.9'],
    ['loopback, 192.0.2.0/24', '198.51.100.1'], [['203.0.113.0/24'], '127.0.0.1'], [(address, hop) => hop < 2, '198.51.100.1'],
  ]) {
    const auth = new StubAuth({ users: { ada: 'ada@example.org' } })
    const call = await appFor(t, auth, {}, { trustProxy })
    const headers = { 'x-forwarded-for': chain, 'x-real-ip': '203.0.113.7', 'user-agent': 'Firefox' }
    const body = { email: 'ada@example.org', password: PASSWORD, ip_address: '203.0.113.8' }
    for (const path of ['register', 'login']) await call('POST', `/auth/${path}`, { body, headers })
    await call('POST', '/auth/refresh', { body: { refresh_token: 'x' }, headers })
    assert.deepEqual(auth.calls.map(({ params }) => params.ip_address), [expected, expected, expected], `${trustProxy}`)
  }
})

test('what a proxy that is trusted says and is no address is not told', { skip: proxyAddr === undefined && 'not unpacked' }, async (t) => {
  for (const [said, expected] of [['unknown', undefined], ['::ffff:192.0.2.9', '192.0.2.9'], ['2001:db8::1', '2001:db8::1'], ['192.0.2.9:4711', undefined]]) {
    const auth = new StubAuth()
    const call = await appFor(t, auth, {}, { trustProxy: true })
    await call('POST', '/auth/register', { body: { email: 'ada@example.org', password: PASSWORD }, headers: { 'x-forwarded-for': said } })
    assert.equal(auth.calls[0].params.ip_address, expected, said)
  }
})

test('who leaves cancels the call, but not a refresh, and is not answered', async (t) => {
  const fake = await Fake.start(async (peer) => {
    while ((await peer.read()) !== undefined);
  })
  const auth = new Client(fake.path)
  t.after(() => Promise.all([auth.close(), fake.close()]))
  const logged = []
  const call = await appFor(t, auth, { log: (error) => logged.push(error) })
  for (const [method, path, options] of [
    ['POST', '/auth/login', { body: { email: 'a', password: 'b' } }], ['GET', '/private', { token: 'a' }],
    ['POST', '/auth/refresh', { body: { refresh_token: 'a' } }],
  ]) {
    const controller = new AbortController()
    const [calls, cancels] = [fake.calls.length, fake.methods.filter((name) => name === 'system.cancel').length]
    const answer = call(method, path, { ...options, signal: controller.signal }).catch(() => {})
    await until(() => fake.calls.length > calls)
    controller.abort()
    await answer
    if (path !== '/auth/refresh') await until(() => fake.methods.filter((name) => name === 'system.cancel').length > cancels)
  }
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.equal(fake.methods.at(-1), 'auth.refresh')
  assert.deepEqual(logged, [])
})

test('trap 15: a daemon that is not there is 503', async (t) => {
  const call = await appFor(t, new Client({ socket: '/nonexistent/mvp-auth.sock', timeout: 50 }))
  for (const [method, path, options] of [['GET', '/private', { token: 'a' }], ['POST', '/auth/login', { body: { email: 'a' } }]]) {
    const { status, body } = await call(method, path, options)
    assert.deepEqual([status, body], [503, { detail: 'The service is not available.', code: 'UNAVAILABLE' }])
  }
})

test('a client that the plugin made ends with the server, one that it was given does not', async (t) => {
  const daemon = await daemonFor(t)
  const made = new FastifyModel()
  await made.register(mvpAuth, { socket: daemon.socket, name: 'shop' })
  await made.auth.ping()
  await made.close()
  await assert.rejects(made.auth.ping(), /closed/)
  const given = new FastifyModel()
  const client = clientFor(t, daemon)
  await given.register(mvpAuth, { client })
  await given.close()
  assert.equal((await client.ping()).pong, true)
  await assert.rejects(new FastifyModel().register(authRoutes, { prefix: '/auth' }), /Register mvp-auth before/)
})

test('the plugin says what Fastify wants to know', () => {
  assert.equal(mvpAuth[Symbol.for('skip-override')], true)
  assert.equal(mvpAuth[Symbol.for('fastify.display-name')], 'mvp-auth')
  assert.deepEqual(mvpAuth[Symbol.for('plugin-meta')], { name: 'mvp-auth', fastify: '>=4' })
  assert.equal(authRoutes[Symbol.for('skip-override')], undefined)
})
