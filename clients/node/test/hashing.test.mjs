// Passwords take time; tokens do not wait for them (trap 10).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client } from 'mvp-auth'
import { PASSWORD, address, clientFor, daemonFor } from './support/daemons.mjs'
import { Fake, answer } from './support/fake.mjs'
import { errorOf, until } from './support/wait.mjs'

test('trap 10: 200 logins hold no verify up, at a daemon that reads no more at its limit', async (t) => {
  const held = []
  let isOpen = false
  const fake = await Fake.start(async (peer) => {
    for (;;) {
      // Nothing is read while so many calls wait.
      await until(() => isOpen || held.length < 8, 'room', 60_000)
      const call = await peer.read()
      if (call === undefined) return
      if (call.method !== 'auth.login' || isOpen) peer.reply(call, answer(call))
      else held.push(() => peer.reply(call, answer(call)))
    }
  }, { limits: { calls_in_flight: 8 } })
  const auth = new Client({ socket: fake.path, timeout: 60_000 })
  t.after(() => Promise.all([auth.close(), fake.close()]))
  const leaving = new AbortController()
  const logins = Array.from({ length: 200 }, (_, number) => {
    const { signal } = number >= 10 && number < 60 ? leaving : {}
    return auth.login({ email: `u${number}`, password: PASSWORD }, { signal }).then((pair) => pair.accessToken, () => 'left')
  })
  await until(() => held.length === 4)
  for (let number = 0; number < 20; number += 1) {
    assert.equal((await auth.verify({ accessToken: `t${number}` }, { timeout: 5000 })).jti, `t${number}`)
  }
  leaving.abort()
  isOpen = true
  for (const reply of held) reply()
  const tokens = await Promise.all(logins)
  tokens.forEach((token, number) => assert.equal(token, number >= 10 && number < 60 ? 'left' : `access-u${number}`))
})

test('trap 10: with the real daemon', async (t) => {
  const daemon = await daemonFor(t, { AUTH_BCRYPT_COST: '8' })
  const auth = clientFor(t, daemon, { timeout: 60_000 })
  const [email, other] = [address(), address()]
  for (const each of [email, other]) await auth.register({ email: each, password: PASSWORD })
  // Of somebody else: an account has only so many sessions.
  const { accessToken } = await auth.login({ email: other, password: PASSWORD })
  let left = 200
  const logins = Array.from({ length: left }, async () => {
    await auth.login({ email, password: PASSWORD })
    left -= 1
  })
  let verified = 0
  while (left > 100) {
    await auth.verify({ accessToken })
    verified += 1
  }
  await Promise.all(logins)
  assert.ok(verified > 100, `${verified} calls in the time of 100 logins`)
})

test('at most half of the places are for hashing; the rest waits in order, within its deadline', async (t) => {
  const held = []
  const fake = await Fake.start(async (peer) => {
    for (let call = await peer.read(); call !== undefined; call = await peer.read()) {
      if (call.method !== 'auth.login') peer.reply(call, answer(call))
      else held.push({ peer, call })
    }
  }, { limits: { calls_in_flight: 4 } })
  const auth = new Client(fake.path)
  t.after(() => Promise.all([auth.close(), fake.close()]))
  const answered = []
  const logins = ['a', 'b', 'c', 'd', 'e'].map((email) => auth.login({ email, password: 'x' }).then(() => answered.push(email)))
  const late = errorOf(auth.login({ email: 'late', password: 'x' }, { timeout: 50 }))
  const leaving = new AbortController()
  const left = errorOf(auth.login({ email: 'left', password: 'x' }, { signal: leaving.signal }))
  await until(() => held.length === 2)
  leaving.abort()
  await left
  assert.deepEqual([(await late).code, (await late).executed], ['DEADLINE_EXCEEDED', false])
  assert.equal((await auth.verify({ accessToken: 'now' })).jti, 'now')
  for (let number = 0; number < 5; number += 1) {
    await until(() => held.length > number)
    assert.ok(held.length <= number + 2)
    const { peer, call } = held[number]
    peer.reply(call, answer(call))
    await until(() => answered.length === number + 1)
  }
  await Promise.all(logins)
  assert.deepEqual(held.map(({ call }) => call.params.email), ['a', 'b', 'c', 'd', 'e'])
})
