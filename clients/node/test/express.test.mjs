// The middlewares: in Express and Connect themselves, and on a plain server (traps 15 and 16).
import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import { describe, test } from 'node:test'
import { Client } from 'mvp-auth'
import { authRouter, errorHandler, requireAuth, routeGroups } from 'mvp-auth/express'
import { StubAuth } from 'mvp-auth/testing'
import { PASSWORD, address, clientFor, daemonFor } from './support/daemons.mjs'
import { Fake } from './support/fake.mjs'
import { optional, serve } from './support/web.mjs'
import { sleep, until } from './support/wait.mjs'

const express = optional('express')
const connect = optional('connect')
const quiet = { log: () => {} }

const json = (response, value) => response.setHeader('content-type', 'application/json').end(JSON.stringify(value))

/** What each server makes of: the router at /auth, /private behind `requireAuth`, and the handler of errors. */
const servers = {
  'Express, with express.json()': express && ((auth, options) => {
    const app = express()
    app.use(express.json())
    app.use('/auth', authRouter(auth, { ...quiet, ...options }))
    app.get('/private', requireAuth(auth, options?.require), (request, response) => response.json(request.auth))
    app.use(errorHandler(quiet))
    return app
  }),
  'Express, without a reader of bodies': express && ((auth, options) => {
    const app = express()
    app.use('/auth', authRouter(auth, { ...quiet, ...options }))
    app.use('/private', requireAuth(auth, options?.require), (request, response) => response.json(request.auth))
    app.use(errorHandler(quiet))
    return app
  }),
  Connect: connect && ((auth, options) => {
    const app = connect()
    app.use('/auth', authRouter(auth, { ...quiet, ...options }))
    app.use('/private', requireAuth(auth, options?.require))
    app.use('/private', (request, response) => json(response, request.auth))
    app.use(errorHandler(quiet))
    return app
  }),
  'a plain server': (auth, options) => {
    const router = authRouter(auth, { ...quiet, prefix: '/auth', ...options })
    const guard = requireAuth(auth, options?.require)
    const fail = errorHandler(quiet)
    return (request, response) => {
      if (request.url !== '/private') return router(request, response)
      return guard(request, response, (error) => {
        if (error !== undefined) return fail(error, request, response, () => response.end())
        return json(response, request.auth)
      })
    }
  },
}

for (const [name, make] of Object.entries(servers)) {
  describe(name, { skip: make === undefined && 'not unpacked: see run-tests' }, () => {
    test('all fourteen routes, with the real daemon', async (t) => {
      const daemon = await daemonFor(t)
      const call = await serve(t, make(clientFor(t, daemon)))
      const email = address()
      const answers = []
      const post = async (path, body, options) => {
        const answer = await call('POST', `/auth${path}`, { body, ...options })
        answers.push(answer)
        return answer
      }
      const registered = await post('/register', { email, password: PASSWORD, user_id: 'ignored', meta: {} })
      assert.deepEqual([registered.status, registered.body.email, registered.body.is_active], [201, email, true])
      assert.equal((await post('/register', { email, password: PASSWORD })).status, 409)
      const { token: verification } = await daemon.email(email, { event: 'verification_email' })
      assert.equal((await post('/verify-email', { token: verification })).body.is_verified, true)
      assert.match((await post('/resend-verification', { email })).body.message, /If the email exists/)

      const login = await post('/login', { email, password: PASSWORD }, { headers: { 'user-agent': 'Firefox' } })
      assert.deepEqual(Object.keys(login.body), ['access_token', 'refresh_token', 'token_type', 'expires_in'])
      assert.equal(login.headers.get('cache-control'), 'no-store')
      const refreshed = await post('/refresh', { refresh_token: login.body.refresh_token })
      const token = refreshed.body.access_token
      const me = await call('GET', '/auth/me', { token })
      assert.deepEqual([me.status, me.body.email], [200, email])
      assert.deepEqual([(await call('HEAD', '/auth/me', { token })).status, (await call('GET', '/auth/me?x=1', { token })).status], [200, 200])

      const other = await post('/login', { email, password: PASSWORD })
      const sessions = await call('GET', '/auth/sessions', { token })
      assert.deepEqual(sessions.body.map((session) => session.current).sort(), [false, true])
      const own = sessions.body.find((session) => session.current)
      assert.deepEqual([own.ip_address, own.device_info !== null], ['127.0.0.1', true])
      const { id } = sessions.body.find((session) => !session.current)
      assert.equal((await call('DELETE', `/auth/sessions/${id}`, { token })).body.message, 'Session revoked.')
      assert.equal((await call('DELETE', '/auth/sessions/no-uuid', { token })).status, 422)
      assert.equal((await call('GET', '/private', { token: other.body.access_token })).body.code, 'TOKEN_REVOKED')
      const events = (await call('GET', '/auth/events', { token })).body
      assert.deepEqual([events[0].event, events.at(-1).event], ['session.revoked', 'account.registered'])

      const changed = await post('/change-password', { current_password: PASSWORD, new_password: `${PASSWORD} 2` }, { token })
      assert.equal(changed.status, 200)
      assert.equal((await post('/forgot-password', { email })).status, 200)
      const { token: reset } = await daemon.email(email, { event: 'password_reset_email' })
      assert.equal((await post('/reset-password', { token: reset, new_password: PASSWORD })).status, 200)
      const again = (await post('/login', { email, password: PASSWORD })).body
      const logoutAll = await post('/logout-all', undefined, { token: again.access_token })
      assert.match(logoutAll.body.message, /Revoked 1 session/)
      const last = (await post('/login', { email, password: PASSWORD })).body
      assert.equal((await post('/logout', undefined, { token: last.access_token })).status, 200)
      const byRefresh = (await post('/login', { email, password: PASSWORD })).body
      assert.equal((await post('/logout', { refresh_token: byRefresh.refresh_token })).status, 200)
      assert.equal((await call('GET', '/auth/me', { token: byRefresh.access_token })).status, 401)
      for (const answer of answers) assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8')
    })

    test('who has no token is told to bring one', async (t) => {
      const auth = new StubAuth({ users: { 'ada-token': 'ada@example.org' } })
      const call = await serve(t, make(auth))
      for (const headers of [{}, { authorization: 'Basic YTpi' }, { authorization: 'Bearer a b' }, { authorization: 'Bearer' }]) {
        const { status, body, headers: sent } = await call('GET', '/private', { headers })
        assert.deepEqual([status, body.code, sent.get('www-authenticate')], [401, 'TOKEN_INVALID', 'Bearer realm="mvp-auth"'])
      }
      assert.equal(auth.calls.length, 0)
      const wrong = await call('GET', '/private', { token: 'nobody' })
      assert.equal(wrong.headers.get('www-authenticate'), 'Bearer realm="mvp-auth", error="invalid_token"')
      const { status, body } = await call('GET', '/private', { token: 'ada-token' })
      assert.deepEqual([status, body.user.email, body.token], [200, 'ada@example.org', undefined])
    })

    test('requireAuth asks what it is told to', async (t) => {
      const users = { ada: { email: 'ada@example.org', isVerified: false } }
      const optionally = await serve(t, make(new StubAuth({ users }), { require: { optional: true } }))
      assert.equal((await optionally('GET', '/private')).body, null)
      assert.equal((await optionally('GET', '/private', { token: 'nobody' })).status, 401)
      const verified = await serve(t, make(new StubAuth({ users }), { require: { verified: true } }))
      assert.deepEqual((await verified('GET', '/private', { token: 'ada' })).body, {
        detail: 'Email not verified', code: 'EMAIL_NOT_VERIFIED',
      })
      const stub = new StubAuth({ users })
      const claims = await serve(t, make(stub, { require: { user: false } }))
      const answer = await claims('GET', '/private', { token: 'ada' })
      assert.deepEqual([answer.body.user, answer.body.payload.type], [null, 'access'])
      assert.deepEqual(stub.calls.map((call) => call.method), ['token.verify'])
    })

    test('trap 15: a daemon that is not there is 503 in JSON, not a hang', async (t) => {
      const logged = []
      const auth = new Client({ socket: '/nonexistent/mvp-auth.sock', timeout: 100 })
      const call = await serve(t, make(auth, { log: (error) => logged.push(error.message) }))
      for (const [method, path, options] of [
        ['GET', '/private', { token: 'a' }], ['POST', '/auth/login', { body: { email: 'a', password: 'b' } }],
      ]) {
        const { status, body, headers } = await call(method, path, options)
        assert.deepEqual([status, headers.get('retry-after')], [503, '1'])
        assert.deepEqual(body, { detail: 'The service is not available.', code: 'UNAVAILABLE' }, 'no path is told')
      }
      assert.match(logged[0], /There is no socket at/)
    })

    test('trap 16: two users whose requests are interleaved see their own', async (t) => {
      const fake = await Fake.start(async (peer) => {
        for (let call = await peer.read(); call !== undefined; call = await peer.read()) {
          const now = call
          setTimeout(() => peer.reply(now, {
            id: '5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10', email: `${now.params.access_token}@example.org`, is_active: true,
            is_verified: true, created_at: '2026-03-01T12:00:00Z', updated_at: '2026-03-01T12:00:00Z',
          }), Math.random() * 5)
        }
      })
      const auth = new Client(fake.path)
      t.after(() => Promise.all([auth.close(), fake.close()]))
      const call = await serve(t, make(auth))
      await Promise.all(Array.from({ length: 100 }, async (_, number) => {
        const { body } = await call('GET', number % 2 === 0 ? '/auth/me' : '/private', { token: `user${number}` })
        assert.equal((body.user ?? body).email, `user${number}@example.org`)
      }))
    })

    test('bodies are JSON objects of at most 64 KiB', async (t) => {
      const call = await serve(t, make(new StubAuth()))
      const post = (options) => call('POST', '/auth/login', options)
      assert.equal((await post({ raw: 'email=a', type: 'application/x-www-form-urlencoded' })).body.code, 'UNSUPPORTED_MEDIA_TYPE')
      assert.equal((await post({ raw: '{"email":"a"}', type: 'text/plain' })).status, 415)
      if (!name.includes('express.json')) {
        assert.deepEqual([(await post({ raw: '{"email":' })).status, (await post({ raw: '{"email":' })).body.code], [400, 'PARSE_ERROR'])
        assert.equal((await post({ raw: Buffer.from([0x22, 0xff, 0x22]) })).body.code, 'PARSE_ERROR')
        assert.equal((await post({ raw: '"text"' })).body.code, 'INVALID_REQUEST')
        const long = await post({ body: { email: 'x'.repeat(70_000) } })
        assert.deepEqual([long.status, long.body.code], [413, 'MESSAGE_TOO_LARGE'])
      }
      assert.equal((await post({ raw: '[1]' })).body.code, 'INVALID_REQUEST')
    })

    test('routes are chosen by name and group; others are not there', async (t) => {
      const users = { ada: 'ada@example.org' }
      const call = await serve(t, make(new StubAuth({ users }), { include: ['core', 'change_password'], exclude: ['me'] }))
      assert.equal((await call('POST', '/auth/login', { body: { email: 'ada@example.org', password: 'x' } })).status, 200)
      assert.equal((await call('GET', '/auth/me', { token: 'ada' })).status, 404)
      assert.equal((await call('GET', '/auth/sessions', { token: 'ada' })).status, 404)
      assert.equal((await call('GET', '/auth/login')).status, 404)
      assert.equal((await call('POST', '/auth/login/', { body: {} })).status, 404)
    })
  })
}

test('the names of routes are checked', () => {
  const auth = new StubAuth()
  assert.deepEqual(routeGroups.core, ['register', 'login', 'refresh', 'logout', 'me'])
  assert.deepEqual(Object.values(routeGroups).flat().length, 14)
  assert.throws(() => authRouter(auth, { include: ['b', 'a', 'login'] }), /Unknown route names: a, b/)
  assert.throws(() => authRouter(auth, { include: ['me'], exclude: ['me'] }), /No routes to mount/)
  assert.throws(() => requireAuth(auth, { verfied: true }), /no option verfied/)
})

test('two Authorization headers are none', async (t) => {
  const auth = new StubAuth({ users: { ada: 'ada@example.org' } })
  const router = authRouter(auth, { ...quiet, prefix: '/auth' })
  let port
  const call = await serve(t, (request, response) => {
    port = request.socket.localPort
    router(request, response)
  })
  assert.equal((await call('GET', '/auth/me', { token: 'ada' })).status, 200)
  const headers = ['Authorization', 'Bearer ada', 'Authorization', 'Bearer eve', 'Host', 'localhost']
  const status = await new Promise((resolve, reject) => {
    const request = httpRequest({ port, host: '127.0.0.1', path: '/auth/me', headers })
    request.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject).end()
  })
  assert.equal(status, 401)
})

test('who leaves cancels the call, but not a refresh', async (t) => {
  const fake = await Fake.start(async (peer) => {
    while ((await peer.read()) !== undefined);
  })
  const auth = new Client(fake.path)
  t.after(() => Promise.all([auth.close(), fake.close()]))
  const call = await serve(t, authRouter(auth, { ...quiet, prefix: '/auth' }))
  for (const [path, body] of [['/auth/refresh', { refresh_token: 'a' }], ['/auth/login', { email: 'a', password: 'b' }]]) {
    const controller = new AbortController()
    const answer = call('POST', path, { body, signal: controller.signal }).catch(() => {})
    const count = fake.calls.length
    await until(() => fake.calls.length > count)
    controller.abort()
    await answer
  }
  await until(() => fake.methods.includes('system.cancel'))
  await sleep(20)
  assert.deepEqual(fake.methods, ['auth.refresh', 'auth.login', 'system.cancel'])
  assert.equal(fake.calls[2].params.id, fake.calls[1].id)
})

test('Idempotency-Key repeats for who sent it, and is another key for everybody else', async (t) => {
  const daemon = await daemonFor(t)
  const call = await serve(t, authRouter(clientFor(t, daemon), { ...quiet, prefix: '/auth' }))
  const headers = { 'idempotency-key': 'one-intention' }
  const body = { email: address(), password: PASSWORD }
  const first = await call('POST', '/auth/register', { body, headers })
  assert.deepEqual((await call('POST', '/auth/register', { body, headers })).body, first.body)
  assert.equal((await call('POST', '/auth/register', { body })).status, 409)
  const bad = await call('POST', '/auth/register', { body, headers: { 'idempotency-key': 'short' } })
  assert.deepEqual([bad.status, bad.body.errors[0].field], [422, 'Idempotency-Key'])
})

test('the daemon is told where a request comes from, and not what it says of that', async (t) => {
  const auth = new StubAuth({ users: { ada: 'ada@example.org' } })
  const headers = { 'x-forwarded-for': '198.51.100.1', 'user-agent': 'Firefox' }
  const body = { email: 'ada@example.org', password: PASSWORD, ip_address: '198.51.100.2' }
  const addresses = []
  for (const options of [{}, { clientIp: (request) => request.headers['x-forwarded-for'] }, { clientIp: () => 'nobody' }]) {
    const call = await serve(t, authRouter(auth, { prefix: '/auth', ...options }))
    auth.calls.length = 0
    for (const path of ['register', 'login']) await call('POST', `/auth/${path}`, { body, headers })
    await call('POST', '/auth/refresh', { body: { refresh_token: 'x' }, headers })
    await call('POST', '/auth/forgot-password', { body, headers })
    addresses.push(auth.calls.map(({ params }) => params.ip_address))
    assert.deepEqual(auth.calls.map(({ params }) => params.device_info), [undefined, 'Firefox', 'Firefox', undefined])
  }
  const told = (address) => [address, address, address, undefined]
  assert.deepEqual(addresses, [told('127.0.0.1'), told('198.51.100.1'), told(undefined)])
})

test('behind a proxy Express says where a request comes from', { skip: express === undefined && 'not unpacked' }, async (t) => {
  for (const [trusted, expected] of [[false, '127.0.0.1'], ['loopback', '198.51.100.1'], ['203.0.113.0/24', '127.0.0.1']]) {
    const auth = new StubAuth()
    const app = express()
    app.set('trust proxy', trusted)
    app.use('/auth', authRouter(auth))
    const call = await serve(t, app)
    const body = { email: 'ada@example.org', password: PASSWORD }
    await call('POST', '/auth/register', { body, headers: { 'x-forwarded-for': '192.0.2.9, 198.51.100.1' } })
    assert.equal(auth.calls[0].params.ip_address, expected)
  }
})

test('trap 17: a refused body is not repeated', async (t) => {
  const call = await serve(t, authRouter(clientFor(t, await daemonFor(t)), { ...quiet, prefix: '/auth' }))
  for (const body of [{ email: 5, password: 'canary-1234' }, { email: 'a@example.org', password: 'canary\ud800' }, { email: 'canary', password: 'canary-1234' }]) {
    const answer = await call('POST', '/auth/register', { body })
    assert.equal(answer.status, 422)
    assert.ok(!JSON.stringify(answer.body).includes('canary'))
  }
})

test('errors of others, and those that come too late, go on', () => {
  const handler = errorHandler(quiet)
  const passed = []
  const other = new TypeError('a bug')
  handler(other, {}, { headersSent: false }, (error) => passed.push(error))
  assert.deepEqual(passed, [other])
})
