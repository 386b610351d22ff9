// A pair of tokens that stays current (traps 9 and 22).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client, ServiceUnavailableError, TokenReuseError, TokenSource } from 'mvp-auth'
import { PASSWORD, address, clientFor, daemonFor } from './support/daemons.mjs'
import { Fake, pair, payload } from './support/fake.mjs'
import { errorOf, sleep, until } from './support/wait.mjs'

/** A client whose refreshes are answered as the test says. */
class Refresher {
  calls = []
  answer = () => pair(String(this.calls.length))

  async refresh(params, options) {
    this.calls.push({ ...params, ...options })
    return this.answer(params)
  }

  async verify({ accessToken }) {
    const iat = Math.floor(Date.now() / 1000)
    return { ...payload(accessToken), iat, exp: iat + 900 }
  }
}

test('a token that lives is given without asking, one that is due is refreshed', async () => {
  const auth = new Refresher()
  const source = new TokenSource(auth, pair('a'))
  assert.equal(await source.accessToken(), 'access-a')
  assert.equal(auth.calls.length, 0)
  // By 80 % of its life at the latest, not before 70 %.
  for (const [age, isDue] of [[0.69, false], [0.81, true]]) {
    const aged = new TokenSource(auth, pair('a'), { age: age * 900_000 })
    assert.equal(await aged.accessToken(), isDue ? 'access-1' : 'access-a')
  }
  assert.equal(auth.calls[0].refreshToken, 'refresh-a')
  assert.match(auth.calls[0].idempotencyKey, /^[0-9a-f]{32}$/)
})

test('trap 9: 50 wait, the first leaves: one refresh, 49 tokens', async (t) => {
  const fake = await Fake.start(async (peer) => {
    const call = await peer.read()
    await sleep(50)
    peer.reply(call, pair('new'))
    await peer.read()
  })
  const auth = new Client(fake.path)
  t.after(() => Promise.all([auth.close(), fake.close()]))
  const source = new TokenSource(auth, pair('old', 0))
  const controller = new AbortController()
  const first = errorOf(source.accessToken({ signal: controller.signal }))
  const others = Array.from({ length: 49 }, () => source.accessToken())
  await sleep(5)
  controller.abort(new Error('left'))
  assert.equal((await first).message, 'left')
  assert.deepEqual(new Set(await Promise.all(others)), new Set(['access-new']))
  assert.deepEqual(fake.methods, ['auth.refresh'])
})

test('trap 9: who leaves last does not lose the pair', async () => {
  const saved = []
  const auth = new Refresher()
  const source = new TokenSource(auth, pair('old', 0), { onUpdate: (pair) => saved.push(pair.refreshToken) })
  await errorOf(source.accessToken({ signal: AbortSignal.abort() }))
  assert.equal(auth.calls.length, 0)
  const controller = new AbortController()
  const call = errorOf(source.accessToken({ signal: controller.signal }))
  controller.abort()
  await call
  await source.close()
  assert.deepEqual(saved, ['refresh-1'])
})

test('a pair is saved before anybody gets it; while saving fails nobody does, and it is saved again', async () => {
  const auth = new Refresher()
  let isBroken = true
  const saved = []
  const source = new TokenSource(auth, pair('old', 0), {
    async onUpdate(pair) {
      await sleep(5)
      if (isBroken) throw new Error('disk full')
      saved.push(pair.accessToken)
    },
  })
  assert.equal((await errorOf(source.accessToken())).message, 'disk full')
  isBroken = false
  assert.equal(await source.accessToken(), 'access-1')
  assert.deepEqual([saved, auth.calls.length], [['access-1'], 1])
})

test('a passing error is not noticed while the old token lives, and one key is used for one token', async () => {
  const auth = new Refresher()
  const answer = auth.answer
  auth.answer = () => {
    throw new ServiceUnavailableError('busy')
  }
  const source = new TokenSource(auth, pair('old'), { age: 850_000 })
  assert.equal(await source.accessToken(), 'access-old')
  assert.equal(await source.accessToken(), 'access-old')
  assert.equal(auth.calls.length, 1, 'not everybody who asks tries again')
  await source.refresh({ force: true })
  const dead = new TokenSource(auth, pair('old'), { age: Infinity })
  await assert.rejects(dead.accessToken(), ServiceUnavailableError)
  auth.answer = answer
  await source.refresh({ force: true })
  const keys = auth.calls.filter((_, index) => index !== 2).map((call) => call.idempotencyKey)
  assert.equal(new Set(keys).size, 1)
  await source.refresh({ force: true })
  assert.notEqual(auth.calls.pop().idempotencyKey, keys[0])
})

test('a session that is over is asked for once', async () => {
  const auth = new Refresher()
  auth.answer = () => {
    throw new TokenReuseError()
  }
  const lost = []
  const source = new TokenSource(auth, pair('old', 0), { onLost: (error) => lost.push(error.code) })
  await Promise.all(Array.from({ length: 10 }, () => errorOf(source.accessToken())))
  assert.ok((await errorOf(source.accessToken())) instanceof TokenReuseError)
  assert.ok((await errorOf(source.refresh({ force: true }))) instanceof TokenReuseError)
  assert.deepEqual([lost, auth.calls.length, source.isLost], [['TOKEN_REUSE'], 1, true])
})

test('trap 22: the wall clock may be wrong by an hour', async () => {
  const auth = new Refresher()
  const source = new TokenSource(auth, pair('a'))
  const now = Date.now
  try {
    for (const hours of [-1, 1]) {
      Date.now = () => now() + hours * 3_600_000
      assert.equal(await source.accessToken(), 'access-a')
    }
  } finally {
    Date.now = now
  }
  assert.equal(auth.calls.length, 0)
})

test('processes that share a stored pair: the stored one is taken, inside the lock', async () => {
  const auth = new Refresher()
  let stored = JSON.stringify(pair('old', 0))
  let held = Promise.resolve()
  const isInside = { now: false }
  const lock = (work) => {
    held = held.then(async () => {
      isInside.now = true
      try {
        return await work()
      } finally {
        isInside.now = false
      }
    })
    return held
  }
  const source = () => new TokenSource(auth, JSON.parse(stored), {
    lock,
    load() {
      assert.ok(isInside.now)
      return JSON.parse(stored)
    },
    onUpdate(pair) {
      stored = JSON.stringify(pair)
    },
  })
  const sources = [source(), source(), source()]
  const tokens = await Promise.all(sources.map((each) => each.accessToken()))
  assert.deepEqual([tokens, auth.calls.length], [['access-1', 'access-1', 'access-1'], 1])
})

test('with the real daemon', async (t) => {
  const auth = clientFor(t, await daemonFor(t))
  const email = address()
  await auth.register({ email, password: PASSWORD })
  const first = await auth.login({ email, password: PASSWORD })
  const source = new TokenSource(auth, JSON.parse(JSON.stringify(first)), { age: Infinity })
  const accessToken = await source.accessToken()
  assert.notEqual(accessToken, first.accessToken)
  assert.equal((await auth.currentUser({ accessToken })).email, email)
  await auth.logoutAll({ accessToken })
  await errorOf(source.refresh({ force: true }))
  await until(() => source.isLost)
})

test('what is no pair is refused', () => {
  assert.throws(() => new TokenSource(new Refresher(), { accessToken: 'a' }), /A pair of tokens was expected/)
  assert.throws(() => new TokenSource(new Refresher(), pair('a'), { onLoss() {} }), /no option onLoss/)
})
