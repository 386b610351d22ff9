// Passwords and tokens are in nothing that is printed (trap 17).
import assert from 'node:assert/strict'
import diagnostics from 'node:diagnostics_channel'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { Client, TokenSource } from 'mvp-auth'
import { StubAuth } from 'mvp-auth/testing'
import { address, clientFor, daemonFor } from './support/daemons.mjs'
import { Fake, silent } from './support/fake.mjs'
import { errorOf, until } from './support/wait.mjs'

const CANARY = 'canary-5f0c9d1e-correct-horse'
const everything = { depth: Infinity, showHidden: true, getters: true }

test('trap 17: values, errors, clients and sources show none', async (t) => {
  const auth = clientFor(t, await daemonFor(t))
  const email = address()
  await auth.register({ email, password: CANARY })
  const pair = await auth.login({ email, password: CANARY })
  const errors = [
    await errorOf(auth.login({ email, password: `${CANARY}-wrong` })),
    await errorOf(auth.register({ email: address(), password: CANARY.slice(0, 3) })),
    await errorOf(auth.register({ email: CANARY, password: CANARY })),
    await errorOf(auth.verify({ accessToken: CANARY })),
    await errorOf(auth.login({ email, password: `${CANARY}\ud800` })),
    await errorOf(auth.login({ email, password: CANARY }, { idempotencyKey: 'short' })),
    await errorOf(auth.changePassword({ accessToken: CANARY, currentPassword: CANARY, newPassword: CANARY })),
  ]
  const source = new TokenSource(auth, pair)
  for (const value of [pair, [pair], { pair }, source, auth, ...errors]) {
    const shown = inspect(value, { depth: Infinity })
    for (const secret of [CANARY, pair.accessToken, pair.refreshToken]) assert.ok(!shown.includes(secret), shown)
  }
  for (const error of errors) {
    const shown = `${error.message} ${error.stack} ${JSON.stringify(error)} ${inspect(error, everything)}`
    assert.ok(!shown.includes(CANARY), shown)
  }
  assert.match(inspect(pair), /accessToken: '<secret>'/)
})

test('trap 17: a call that waits or is lost shows none', async (t) => {
  const fake = await Fake.start(silent)
  const auth = new Client(fake.path)
  t.after(() => fake.close())
  const call = errorOf(auth.login({ email: 'a', password: CANARY }))
  await until(() => fake.calls.length === 1)
  assert.ok(!inspect(auth, { depth: Infinity }).includes(CANARY))
  await auth.close()
  assert.ok(!inspect(await call, everything).includes(CANARY))
})

test('trap 17: subscribers of diagnostics_channel see how calls go, and no secret', async (t) => {
  const auth = clientFor(t, await daemonFor(t))
  const seen = []
  const names = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map((name) => `tracing:mvp-auth:call:${name}`)
  const listeners = names.map((name) => (message) => seen.push([name.split(':').pop(), { ...message }]))
  names.forEach((name, index) => diagnostics.channel(name).subscribe(listeners[index]))
  t.after(() => names.forEach((name, index) => diagnostics.channel(name).unsubscribe(listeners[index])))
  const email = address()
  await auth.register({ email, password: CANARY })
  await errorOf(auth.verify({ accessToken: CANARY }))
  assert.deepEqual(seen.map(([name, { method }]) => `${name} ${method}`), [
    'start user.register', 'end user.register', 'asyncStart user.register', 'asyncEnd user.register',
    'start token.verify', 'end token.verify', 'error token.verify', 'asyncStart token.verify', 'asyncEnd token.verify',
  ])
  assert.equal(seen[6][1].error.code, 'TOKEN_INVALID')
  assert.ok(seen[3][1].duration > 0 && seen[3][1].attempts === 1)
  assert.ok(!inspect(seen, everything).includes(CANARY))
})

test('a subscriber gives the trace that a call belongs to', async (t) => {
  const fake = await Fake.start()
  const auth = new Client(fake.path)
  t.after(() => Promise.all([auth.close(), fake.close()]))
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const listener = (message) => {
    message.traceparent = traceparent
  }
  const channel = diagnostics.channel('tracing:mvp-auth:call:start')
  channel.subscribe(listener)
  await auth.ping()
  channel.unsubscribe(listener)
  await auth.ping()
  assert.deepEqual(fake.calls.map((call) => call.meta.traceparent), [traceparent, undefined])
})

test('a stub shows no token of its users', () => {
  const auth = new StubAuth({ users: { [CANARY]: 'ada@example.org' } })
  assert.ok(!inspect(auth, { depth: Infinity }).includes(CANARY))
})
