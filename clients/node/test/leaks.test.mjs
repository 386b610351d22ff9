// Nothing is left behind (trap 14).
import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { Client, TokenSource } from 'mvp-auth'
import { Fake, pair, silent } from './support/fake.mjs'
import { errorOf, until } from './support/wait.mjs'

const descriptors = () => readdirSync('/proc/self/fd').length

test('trap 14: 1 000 clients leave no descriptor and no listener', async (t) => {
  const fake = await Fake.start()
  t.after(() => fake.close())
  const { signal } = new AbortController()
  const before = descriptors()
  for (let number = 0; number < 1000; number += 1) {
    const auth = new Client(fake.path)
    await auth.ping({ signal })
    await auth.close()
    assert.deepEqual(auth.connections, [])
  }
  await until(() => descriptors() <= before, `back to ${before} descriptors`)
  assert.deepEqual(getEventListeners(signal, 'abort'), [])
  assert.deepEqual(process.getActiveResourcesInfo().filter((name) => name === 'Timeout'), [])
})

test('trap 14: a signal has one listener however many calls share it, and none afterwards', async (t) => {
  const fake = await Fake.start(silent)
  const auth = new Client(fake.path)
  t.after(() => Promise.all([auth.close(), fake.close()]))
  const controller = new AbortController()
  const { signal } = controller
  const calls = Array.from({ length: 100 }, () => errorOf(auth.ping({ signal })))
  await until(() => fake.calls.length === 100)
  assert.equal(getEventListeners(signal, 'abort').length, 1)
  controller.abort()
  await Promise.all(calls)
  assert.deepEqual(getEventListeners(signal, 'abort'), [])
  assert.equal(auth.connections[0].inFlight, 0)
})

test('trap 14: failed attempts to connect leave nothing', async () => {
  const before = descriptors()
  for (let number = 0; number < 50; number += 1) {
    await errorOf(new Client({ socket: '/nonexistent/mvp-auth.sock', timeout: 10 }).ping())
  }
  await until(() => descriptors() <= before)
})

test('trap 14: a source of tokens leaves no listener', async (t) => {
  const fake = await Fake.start()
  const auth = new Client(fake.path)
  t.after(() => Promise.all([auth.close(), fake.close()]))
  const source = new TokenSource(auth, pair('a', 0))
  const { signal } = new AbortController()
  await Promise.all(Array.from({ length: 20 }, () => source.accessToken({ signal })))
  assert.deepEqual(getEventListeners(signal, 'abort'), [])
})
