// What applications test with: `mvp-auth/testing`.
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Client, ConfigurationError, RateLimitedError, ServiceUnavailableError, TokenRevokedError } from 'mvp-auth'
import { StubAuth, startDaemon, startScriptedServer, steps } from 'mvp-auth/testing'
import { PASSWORD } from './support/daemons.mjs'
import { errorOf, until } from './support/wait.mjs'

const cwd = fileURLToPath(new URL('.', import.meta.url))

test('a daemon starts, keeps its files over a stop, and leaves nothing', async () => {
  const daemon = await startDaemon({ AUTH_MIN_PASSWORD_LENGTH: '12' })
  const auth = daemon.client()
  assert.equal((await errorOf(auth.register({ email: 'a@example.org', password: 'short' }))).code, 'PASSWORD_VALIDATION')
  await auth.register({ email: 'a@example.org', password: PASSWORD })
  assert.match((await daemon.email('a@example.org')).token, /\./)
  assert.deepEqual(daemon.emails.map((email) => email.event), ['verification_email'])
  assert.equal((await errorOf(daemon.email('b@example.org', { timeout: 20 }))).code, 'DEADLINE_EXCEEDED')
  assert.equal(typeof daemon.log(), 'string')
  await daemon.stop()
  assert.equal((await errorOf(auth.ping({ timeout: 50 }))).code, 'UNAVAILABLE')
  await daemon.start()
  await auth.ready()
  await auth.close()
  await daemon.close()
  assert.equal(existsSync(daemon.directory), false)
})

test('a daemon that cannot start says why', async () => {
  const error = await errorOf(startDaemon({ AUTH_DATABASE_URL: 'nonsense:' }))
  assert.ok(error instanceof ConfigurationError)
  assert.match(error.message, /did not start: .*AUTH_DATABASE_URL/)
  const { MVP_AUTHD: kept, PATH: path } = process.env
  try {
    process.env.MVP_AUTHD = '/nonexistent/mvp-authd'
    assert.match((await errorOf(startDaemon())).message, /MVP_AUTHD names \/nonexistent/)
    delete process.env.MVP_AUTHD
    process.env.PATH = '/nonexistent'
    assert.match((await errorOf(startDaemon())).message, /pip install mvp-auth-daemon/)
  } finally {
    Object.assign(process.env, { MVP_AUTHD: kept, PATH: path })
  }
})

test('a daemon ends with the program that forgets it, however that ends', async () => {
  const script = `
    import { startDaemon } from 'mvp-auth/testing'
    const daemon = await startDaemon()
    console.log(daemon.directory)`
  const args = ['--input-type=module', '-e']
  const { stdout } = await promisify(execFile)(process.execPath, [...args, script], { cwd, timeout: 60_000 })
  await until(() => !existsSync(stdout.trim()))
  const child = spawn(process.execPath, [...args, `${script}\nsetInterval(() => {}, 1000)`], { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
  const directory = await new Promise((resolve) => child.stdout.once('data', (data) => resolve(String(data).trim())))
  assert.ok(existsSync(`${directory}/run/mvp-auth.sock`))
  child.kill('SIGKILL')
  await until(() => !existsSync(`${directory}/run/mvp-auth.sock`), 'the daemon has gone')
})

test('a stub says who a token is, and what was asked', async () => {
  const auth = new StubAuth({ users: { 'ada-token': { email: 'ada@example.org', isVerified: false }, eve: 'eve@example.org' } })
  assert.ok(auth instanceof Client)
  await auth.ready()
  const user = await auth.currentUser({ accessToken: 'ada-token' })
  assert.deepEqual([user.email, user.isVerified, user.isActive], ['ada@example.org', false, true])
  assert.equal((await auth.currentUser({ userId: user.id })).email, 'ada@example.org')
  assert.equal((await auth.verify({ accessToken: 'ada-token' })).sub, user.id)
  assert.equal((await auth.login({ email: 'eve@example.org', password: 'any' })).accessToken, 'eve')
  assert.equal((await auth.refresh({ refreshToken: 'refresh-eve' })).accessToken, 'eve')
  assert.deepEqual(auth.calls[0], { method: 'user.get_current_user', params: { access_token: 'ada-token' } })
  const [session] = await auth.sessions({ accessToken: 'eve' })
  assert.equal((await auth.revokeSession({ accessToken: 'eve', sessionId: session.id })).message, 'Session revoked.')
  assert.ok((await errorOf(auth.currentUser({ accessToken: 'eve' }))) instanceof TokenRevokedError)
  for (const [call, code] of [
    [auth.currentUser({ accessToken: 'nobody' }), 'TOKEN_INVALID'], [auth.findUser({ email: 'x' }), 'USER_NOT_FOUND'],
    [auth.login({ email: 'x', password: 'x' }), 'INVALID_CREDENTIALS'], [auth.register({ email: 'ada@example.org', password: 'x' }), 'USER_EXISTS'],
    [auth.ping({ signal: AbortSignal.abort() }), 20],
  ]) assert.equal((await errorOf(call)).code, code)
  assert.equal((await auth.register({ email: 'new@example.org', password: 'x' })).email, 'new@example.org')
  assert.equal((await auth.verifyEmail({ token: 'ada-token' })).isVerified, true)
  assert.equal((await auth.logoutAll({ accessToken: 'ada-token' })).revoked, 1)
  assert.equal((await auth.ping()).pong, true)
  assert.equal((await auth.forgotPassword({ email: 'x' })).message, 'Done.')
})

test('a stub fails on demand, once', async () => {
  const auth = new StubAuth({ users: { ada: 'ada@example.org' } })
  auth.failNext('auth.login', 'RATE_LIMITED', { retryAfter: 2000 })
  const login = () => auth.login({ email: 'ada@example.org', password: 'x' })
  const error = await errorOf(login())
  assert.ok(error instanceof RateLimitedError)
  assert.deepEqual([error.retryAfter, error.status, error.message], [2000, 429, 'Too many requests.'])
  assert.equal((await login()).accessToken, 'ada')
})

test('a scripted server does what it is told', async (t) => {
  const server = await startScriptedServer([
    steps.error('OVERLOADED', { retryAfter: 5 }), steps.delay(20, steps.reply({ pong: true })), steps.hangUp(),
    steps.cut(10, { pong: true }), steps.reply({ message: 'Sent.' }),
  ])
  const auth = new Client(server.socket)
  t.after(() => Promise.all([auth.close(), server.close()]))
  assert.equal((await auth.ping()).pong, true)
  for (let number = 0; number < 2; number += 1) {
    const error = await errorOf(auth.login({ email: 'a', password: 'b' }))
    assert.ok(error instanceof ServiceUnavailableError)
    assert.equal(error.code, 'CONNECTION_LOST')
  }
  assert.equal((await auth.forgotPassword({ email: 'a' })).message, 'Sent.')
  assert.deepEqual(server.calls.map((call) => call.method), [
    'system.ping', 'system.ping', 'auth.login', 'auth.login', 'password.forgot_password',
  ])
})
