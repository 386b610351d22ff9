// Answers: to whom they go, when, and what of it is an answer at all.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client, DeadlineExceededError, ProtocolError, ValidationError } from 'mvp-auth'
import { clientFor, daemonFor } from './support/daemons.mjs'
import { Fake, answer, echo, line, payload, silent, user } from './support/fake.mjs'
import { errorOf, sleep, until } from './support/wait.mjs'

async function pairFor(test, script, options, clientOptions) {
  const fake = await Fake.start(script, options)
  const auth = new Client({ ...clientOptions, socket: fake.path })
  test.after(() => Promise.all([auth.close(), fake.close()]))
  return { fake, auth }
}

test('trap 2: after 10 000 random aborts every answer is its own', async (t) => {
  const { fake, auth } = await pairFor(t, async (peer) => {
    for (let call = await peer.read(); call !== undefined; call = await peer.read()) {
      const now = call
      setTimeout(() => peer.reply(now, answer(now)), Math.random() * 3)
    }
  })
  let aborted = 0
  let answered = 0
  let number = 0
  await Promise.all(Array.from({ length: 50 }, async () => {
    for (let turn = 0; turn < 200; turn += 1) {
      const token = `t${(number += 1)}`
      const controller = new AbortController()
      const kind = Math.random()
      if (kind < 0.2) queueMicrotask(() => controller.abort(token))
      const leave = kind > 0.6 ? setTimeout(() => controller.abort(token), Math.random() * 4) : undefined
      try {
        assert.equal((await auth.currentUser({ accessToken: token }, { signal: controller.signal })).email, `${token}@example.org`)
        answered += 1
      } catch (reason) {
        assert.equal(reason, token)
        aborted += 1
      }
      clearTimeout(leave)
    }
  }))
  assert.equal(aborted + answered, 10_000)
  assert.ok(aborted > 1000 && answered > 1000, `${aborted} aborted, ${answered} answered`)
  assert.equal((await auth.verify({ accessToken: 'last' })).jti, 'last')
  assert.equal(fake.peers.length, 1, 'the connection was kept')
})

test('an abort frees the caller at once, tells the daemon, and keeps the connection', async (t) => {
  const { fake, auth } = await pairFor(t, async (peer) => {
    const held = await peer.read()
    const cancel = await peer.read()
    assert.deepEqual([cancel.method, cancel.params, cancel.id], ['system.cancel', { id: held.id }, undefined])
    const next = await peer.read()
    peer.reply(held, payload('late'))
    peer.reply(next, payload('next'))
    await echo(peer)
  })
  const controller = new AbortController()
  const call = errorOf(auth.verify({ accessToken: 'held' }, { signal: controller.signal }))
  await until(() => fake.calls.length === 1)
  controller.abort()
  assert.equal((await call).name, 'AbortError')
  assert.equal((await auth.verify({ accessToken: 'next' })).jti, 'next')
  assert.equal(auth.connections[0].unknownReplies, 1)
  assert.equal(fake.peers.length, 1)
})

test('a signal that was aborted before sends nothing', async (t) => {
  const { fake, auth } = await pairFor(t)
  const error = await errorOf(auth.ping({ signal: AbortSignal.abort() }))
  assert.equal(error.name, 'AbortError')
  assert.equal(fake.peers.length, 0)
})

test('a call that is aborted in the turn in which it was made is not sent', async (t) => {
  const { fake, auth } = await pairFor(t)
  await auth.ping()
  const controller = new AbortController()
  const call = errorOf(auth.register({ email: 'a', password: 'b' }, { signal: controller.signal }))
  controller.abort()
  await call
  await auth.ping()
  assert.deepEqual(fake.methods, ['system.ping', 'system.ping'])
})

test('trap 5: an answer of 1 MiB', async (t) => {
  const big = 'x'.repeat(1024 * 1024)
  const { auth } = await pairFor(t, async (peer) => {
    for (let call = await peer.read(); call !== undefined; call = await peer.read()) peer.reply(call, { big })
  })
  const answers = await Promise.all([1, 2, 3].map(() => auth.call('rpc.discover')))
  for (const { big: answered } of answers) assert.equal(answered.length, big.length)
})

test('an answer beyond the limit ends the connection and costs no memory', async (t) => {
  const { auth } = await pairFor(t, async (peer) => {
    await peer.read()
    peer.send('x'.repeat(5000))
    await peer.read()
  }, { limits: { reply_bytes: 1000 } })
  const error = await errorOf(auth.login({ email: 'a', password: 'b' }))
  assert.deepEqual([error.code, error.executed], ['CONNECTION_LOST', true])
})

test('what is no answer ends the connection; the next call has another', async (t) => {
  let first = true
  const { auth } = await pairFor(t, async (peer) => {
    const call = await peer.read()
    if (!first) return peer.reply(call, answer(call))
    first = false
    return peer.send('HTTP/1.1 400 Bad Request\r\n')
  })
  assert.equal((await errorOf(auth.login({ email: 'a', password: 'b' }))).code, 'CONNECTION_LOST')
  assert.equal((await auth.login({ email: 'a', password: 'b' })).accessToken, 'access-a')
})

test('an answer that does not fit the catalogue is a ProtocolError', async (t) => {
  const { auth } = await pairFor(t, async (peer) => {
    peer.reply(await peer.read(), { ...user('a'), is_active: 'yes' })
    peer.reply(await peer.read(), { not: 'a list' })
    await peer.read()
  })
  for (const call of [auth.currentUser({ accessToken: 'a' }), auth.sessions({ accessToken: 'a' })]) {
    const error = await errorOf(call)
    assert.ok(error instanceof ProtocolError)
    assert.equal(error.executed, true)
  }
})

test('a deadline that passes says whether the call was sent, and keeps the connection', async (t) => {
  const { fake, auth } = await pairFor(t, async (peer) => {
    peer.reply(await peer.read(), { pong: true })
    const slow = await peer.read()
    assert.ok(slow.meta.timeout_ms > 0 && slow.meta.timeout_ms <= 60)
    const next = await peer.read()
    peer.reply(slow, payload('slow'))
    peer.reply(next, payload('next'))
    await peer.read()
  })
  await auth.ping()
  const error = await errorOf(auth.verify({ accessToken: 'slow' }, { timeout: 60 }))
  assert.ok(error instanceof DeadlineExceededError)
  assert.deepEqual([error.executed, error.status], [true, 504])
  assert.equal((await auth.verify({ accessToken: 'next' })).jti, 'next')
  assert.equal(fake.peers.length, 1)
})

test('a process that was busy looks at what has arrived before it calls it late', async (t) => {
  const busy = () => {
    for (const end = performance.now() + 150; performance.now() < end;);
  }
  const auth = clientFor(t, await daemonFor(t))
  await auth.ready()
  const answer = auth.ping({ timeout: 50 })
  setImmediate(busy)
  assert.equal((await answer).pong, true)
  const nobody = errorOf(new Client({ socket: '/nonexistent/mvp-auth.sock', timeout: 50 }).ping())
  busy()
  assert.equal((await nobody).code, 'UNAVAILABLE')
})

test('deadlines follow the cost of a method', async (t) => {
  const { fake, auth } = await pairFor(t)
  await auth.verify({ accessToken: 'a' })
  await auth.login({ email: 'a', password: 'b' })
  await auth.call('later.invented', {}, { timeout: Infinity })
  const [verify, login, endless] = fake.calls.map((call) => call.meta.timeout_ms)
  assert.ok(verify > 4000 && verify <= 5000, verify)
  assert.ok(login > 14_000 && login <= 15_000, login)
  assert.equal(endless, undefined)
})

test('a daemon that drains gets no more calls, and answers those that it has', async (t) => {
  let number = 0
  const { fake, auth } = await pairFor(t, async (peer) => {
    number += 1
    if (number > 1) return echo(peer)
    const held = await peer.read()
    peer.notify('system.draining')
    await until(() => fake.peers.length === 2)
    return peer.reply(held, payload('held'))
  })
  const held = auth.verify({ accessToken: 'held' })
  await until(() => auth.connections.some((connection) => !connection.isReady))
  assert.equal((await auth.verify({ accessToken: 'new' })).jti, 'new')
  assert.equal((await held).jti, 'held')
  await until(() => auth.connections.length === 1)
  assert.deepEqual(fake.calls.map((call) => call.params.access_token), ['held', 'new'])
})

test('a call that the daemon would not read is refused here', async (t) => {
  const { fake, auth } = await pairFor(t)
  await auth.ping()
  for (const email of ['x'.repeat(70_000), 'é'.repeat(33_000)]) {
    const error = await errorOf(auth.forgotPassword({ email }))
    assert.ok(error instanceof ValidationError)
    assert.deepEqual([error.code, error.executed, error.status], ['MESSAGE_TOO_LARGE', false, 413])
  }
  await auth.forgotPassword({ email: 'é'.repeat(32_000) })
  assert.deepEqual(fake.methods, ['system.ping', 'password.forgot_password'])
})

test('what is sent in one turn of the loop leaves in one write', async (t) => {
  const { fake, auth } = await pairFor(t)
  await auth.ping()
  const reads = []
  fake.peers[0].socket.on('data', (data) => reads.push(data.toString().split('\n').length - 1))
  await Promise.all(Array.from({ length: 40 }, () => auth.ping()))
  assert.deepEqual(reads, [40])
})

test('a peer that does not read is not written to without end; unsent calls are known to be unsent', async (t) => {
  const { fake, auth } = await pairFor(t, async (peer) => {
    peer.reply(await peer.read(), { pong: true })
    peer.socket.pause()
  })
  await auth.ping()
  const email = 'x'.repeat(30_000)
  const calls = Array.from({ length: 200 }, () => errorOf(auth.forgotPassword({ email })))
  await sleep(50)
  fake.peers[0].close()
  await fake.hangUp()
  await sleep(50)
  auth.disconnect()
  const executed = (await Promise.all(calls)).map((error) => error.executed)
  assert.ok(executed.includes(true), 'what the kernel took may have been done')
  assert.ok(executed.filter((each) => !each).length > 100, 'the rest was certainly not')
})

test('a name that a method does not have is a mistake in the program', async (t) => {
  const { auth } = await pairFor(t, silent)
  await assert.rejects(auth.currentUser('eyJ.canary'), { name: 'TypeError', message: 'currentUser takes an object: { accessToken, userId }.' })
  await assert.rejects(auth.login({ mail: 'a', password: 'b' }), /login takes email, password, deviceInfo, ipAddress, rememberDevice, deviceToken; it does not know mail/)
  await assert.rejects(auth.ping({ tiemout: 5 }), /there is no tiemout/)
  await assert.rejects(auth.login({ email: 'a', password: 'b' }, { idempotencyKey: 'short' }), ValidationError)
})

test('a User-Agent is cut to what the daemon takes', async (t) => {
  const { fake, auth } = await pairFor(t)
  await auth.login({ email: 'a', password: 'b', deviceInfo: `\u0000Fire\nfox\ud800${'é'.repeat(300)}`, ipAddress: undefined })
  const { device_info: sent, ...others } = fake.calls[0].params
  assert.equal(sent, `Firefox${'é'.repeat(252)}`)
  assert.deepEqual(others, { email: 'a', password: 'b' })
})

test('trap 11: any text arrives as it was, or is refused before it is sent', async (t) => {
  const { auth } = await pairFor(t, async (peer) => {
    for (let call = await peer.read(); call !== undefined; call = await peer.read()) {
      peer.send(line({ jsonrpc: '2.0', id: call.id, result: { said: call.params.said } }))
    }
  })
  let refused = 0
  for (let number = 0; number < 2000; number += 1) {
    const units = Array.from({ length: 1 + Math.floor(Math.random() * 6) }, () => {
      const kind = Math.random()
      if (kind < 0.1) return 0xd800 + Math.floor(Math.random() * 0x800)
      return kind < 0.5 ? Math.floor(Math.random() * 0x30) : Math.floor(Math.random() * 0x10000)
    })
    const said = String.fromCharCode(...units)
    const isGood = !said.includes('\0') && Buffer.from(said).toString() === said
    if (isGood) assert.equal((await auth.call('echo', { said })).said, said)
    else {
      assert.ok((await errorOf(auth.call('echo', { said }))) instanceof ValidationError)
      refused += 1
    }
  }
  assert.ok(refused > 100)
})
