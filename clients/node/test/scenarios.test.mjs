// What applications do, against the real daemon.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  AlreadyVerifiedError, Client, InvalidCredentialsError, InvalidPasswordError, InvalidVerificationTokenError,
  PermissionDeniedError, SessionNotFoundError, TokenError, TokenInvalidError, TokenReuseError, TokenRevokedError,
  UserExistsError, UserNotFoundError, ValidationError,
} from 'mvp-auth'
import { PASSWORD, address, clientFor, daemonFor } from './support/daemons.mjs'

const NEW_PASSWORD = 'battery staple correct'

test('an account from its beginning to its end', async (t) => {
  const daemon = await daemonFor(t)
  const auth = clientFor(t, daemon)
  const email = address()
  await auth.ready()

  const user = await auth.register({ email: email.toUpperCase(), password: PASSWORD })
  assert.deepEqual([user.email, user.isActive, user.isVerified], [email, true, false])
  assert.ok(Math.abs(Date.now() - new Date(user.createdAt)) < 60_000)
  await assert.rejects(auth.register({ email, password: PASSWORD }), UserExistsError)

  const { token } = await daemon.email(email, { event: 'verification_email' })
  await assert.rejects(auth.verifyEmail({ token: 'x' }), InvalidVerificationTokenError)
  assert.equal((await auth.verifyEmail({ token })).isVerified, true)
  await assert.rejects(auth.verifyEmail({ token }), AlreadyVerifiedError)
  assert.match((await auth.resendVerification({ email })).message, /If the email exists/)

  await assert.rejects(auth.login({ email, password: 'wrong' }), InvalidCredentialsError)
  const first = await auth.login({ email, password: PASSWORD, deviceInfo: 'Firefox', ipAddress: '192.0.2.1' })
  const second = await auth.login({ email, password: PASSWORD })
  const { accessToken } = first
  assert.deepEqual([first.tokenType, first.expiresIn], ['bearer', 900])
  assert.equal((await auth.currentUser({ accessToken })).id, user.id)
  const payload = await auth.verify({ accessToken })
  assert.deepEqual([payload.sub, payload.type, payload.iss], [user.id, 'access', null])
  await assert.rejects(auth.verify({ accessToken: first.refreshToken }), TokenInvalidError)

  const sessions = await auth.sessions({ accessToken })
  assert.equal(sessions.length, 2)
  const own = sessions.find((session) => session.current)
  assert.deepEqual([own.id, own.deviceInfo, own.ipAddress], [payload.sessionId, 'Firefox', '192.0.2.1'])
  const other = sessions.find((session) => !session.current)
  assert.equal((await auth.revokeSession({ accessToken, sessionId: other.id })).message, 'Session revoked.')
  await assert.rejects(auth.revokeSession({ accessToken, sessionId: user.id }), SessionNotFoundError)
  await assert.rejects(auth.currentUser({ accessToken: second.accessToken }), TokenRevokedError)

  const third = await auth.refresh({ refreshToken: first.refreshToken })
  assert.notEqual(third.refreshToken, first.refreshToken)
  await assert.rejects(auth.refresh({ refreshToken: first.refreshToken }), (error) => {
    assert.ok(error instanceof TokenReuseError && error instanceof TokenError)
    assert.match(error.requestId, /./)
    return true
  })

  await auth.forgotPassword({ email })
  const reset = (await daemon.email(email, { event: 'password_reset_email' })).token
  await assert.rejects(auth.resetPassword({ token: reset, newPassword: 'short' }), (error) => {
    assert.ok(error instanceof InvalidPasswordError)
    assert.equal(error.fields[0].path, 'new_password')
    return true
  })
  await auth.resetPassword({ token: reset, newPassword: NEW_PASSWORD })
  const pair = await auth.login({ email, password: NEW_PASSWORD })
  await auth.changePassword({ accessToken: pair.accessToken, currentPassword: NEW_PASSWORD, newPassword: PASSWORD })
  const last = await auth.login({ email, password: PASSWORD })
  assert.equal((await auth.logoutAll({ accessToken: last.accessToken })).revoked, 1)
  const again = await auth.login({ email, password: PASSWORD })
  assert.equal((await auth.logout({ refreshToken: again.refreshToken })).message, 'Logged out.')
  await assert.rejects(auth.verify({ accessToken: again.accessToken }), TokenRevokedError)
})

test('trusted callers name a user; what gives the role up may not', async (t) => {
  const daemon = await daemonFor(t)
  const auth = clientFor(t, daemon)
  const email = address()
  const { id: userId } = await auth.register({ email, password: PASSWORD })
  assert.equal((await auth.currentUser({ userId })).email, email)
  assert.equal((await auth.findUser({ email })).id, userId)
  await assert.rejects(auth.findUser({ email: 'nobody@example.org' }), UserNotFoundError)
  const restricted = clientFor(t, daemon, { roles: ['client'] })
  await assert.rejects(restricted.currentUser({ userId }), (error) => {
    assert.ok(error instanceof PermissionDeniedError)
    assert.equal(error.status, 403)
    return true
  })
})

test('the daemon says what it misses, by the names of the wire', async (t) => {
  const auth = clientFor(t, await daemonFor(t))
  for (const [call, path] of [
    [auth.login({ password: 'x' }), 'email'], [auth.currentUser({}), 'access_token'], [auth.verify(), 'access_token'],
    [auth.login({ email: { $gt: '' }, password: 'x' }), 'email'],
  ]) {
    await assert.rejects(call, (error) => {
      assert.ok(error instanceof ValidationError, error)
      assert.deepEqual([error.status, error.executed, error.fields[0].path], [422, false, path])
      return true
    })
  }
})

test('trap 5: 100 sessions with long names of devices', async (t) => {
  const auth = clientFor(t, await daemonFor(t), { timeout: 60_000 })
  const email = address()
  await auth.register({ email, password: PASSWORD })
  const pairs = await Promise.all(
    Array.from({ length: 100 }, () => auth.login({ email, password: PASSWORD, deviceInfo: 'é'.repeat(256) })))
  const sessions = await auth.sessions({ accessToken: pairs[0].accessToken })
  assert.equal(sessions.length, 100)
  assert.ok(sessions.every((session) => session.deviceInfo.length === 256))
})

test('a key makes a call repeatable, and belongs to one intention', async (t) => {
  const auth = clientFor(t, await daemonFor(t))
  const email = address()
  const idempotencyKey = `register-${email}`
  const first = await auth.register({ email, password: PASSWORD }, { idempotencyKey })
  assert.deepEqual(await auth.register({ email, password: PASSWORD }, { idempotencyKey }), first)
  await assert.rejects(auth.register({ email: address(), password: PASSWORD }, { idempotencyKey }), ValidationError)
})

test('a value says in JSON what the wire said', async (t) => {
  const auth = clientFor(t, await daemonFor(t))
  const email = address()
  const user = await auth.register({ email, password: PASSWORD })
  const wire = await auth.call('user.get_current_user', { user_id: user.id })
  assert.deepEqual(JSON.parse(JSON.stringify(user)), wire)
  assert.throws(() => {
    user.email = 'eve@example.org'
  }, TypeError)
})

test('clients end with a block, where the language has that', { skip: Symbol.asyncDispose === undefined }, async (t) => {
  const daemon = await daemonFor(t)
  const auth = new Client(daemon.socket)
  await auth.ping()
  await auth[Symbol.asyncDispose]()
  assert.deepEqual(auth.connections, [])
})
