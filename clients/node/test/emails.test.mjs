// Emails that the application sends (trap 23).
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import diagnostics from 'node:diagnostics_channel'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { inspect, promisify } from 'node:util'
import { Client, DropEmail, PermissionDeniedError, ProtocolError } from 'mvp-auth'
import { StubAuth } from 'mvp-auth/testing'
import { Fake } from './support/fake.mjs'
import { HooksDaemon } from './support/hooks.mjs'
import { errorOf, sleep, until } from './support/wait.mjs'

async function daemonFor(test, options) {
  const daemon = await HooksDaemon.start(options)
  const auth = new Client(daemon.path)
  test.after(async () => {
    await auth.close()
    await daemon.close()
  })
  return { daemon, auth }
}

test('an email is handed to the handler, and acknowledged', async (t) => {
  const { daemon, auth } = await daemonFor(t)
  const sent = []
  const consumer = auth.onEmail((email) => sent.push(email), { prefetch: 3, events: ['verification_email'], ackTimeout: 5000 })
  await consumer.subscribed
  const [{ prefetch, events, ack_timeout_ms: timeout }] = daemon.subscriptions
  assert.deepEqual([prefetch, events, timeout], [3, ['verification_email'], 5000])
  assert.deepEqual(daemon.fake.hellos[0].params.roles, ['hooks'], 'a connection of its own, with this role only')
  daemon.submit('a')
  await until(() => daemon.outcomes('a').length === 1)
  const [email] = sent
  assert.deepEqual(
    [email.event, email.email, email.token, email.attempt, email.app, email.expiresAt],
    ['verification_email', 'a@example.org', 'token-of-a', 1, null, '2026-03-02T12:00:00Z'])
  assert.deepEqual(daemon.acks, [{ delivery_id: 'a', status: 'success' }])
  assert.ok(!inspect(email, { showHidden: true }).includes('token-of-a'), 'the token is not shown')
})

test('trap 23: what the handler throws on is tried again, by the name of the error and never its text', async (t) => {
  const { daemon, auth } = await daemonFor(t)
  let attempts = 0
  auth.onEmail((email) => {
    attempts = email.attempt
    if (email.attempt < 3) throw new RangeError(`cannot send ${email.token}`)
  })
  daemon.submit('a')
  await until(() => daemon.acks.length === 3)
  assert.equal(attempts, 3)
  assert.deepEqual(daemon.acks.map(({ status, reason }) => [status, reason]), [
    ['retry', 'RangeError'], ['retry', 'RangeError'], ['success', undefined],
  ])
})

test('what the handler drops is dropped, and what it settles itself is settled as it says', async (t) => {
  const { daemon, auth } = await daemonFor(t)
  auth.onEmail(async (email) => {
    if (email.email.startsWith('drop')) throw new DropEmail(`no such mailbox ${'x'.repeat(300)}`)
    await email.retry({ delay: 60_000, reason: 'greylisted' })
  })
  daemon.submit('drop')
  await until(() => daemon.outcomes('drop').length === 1)
  const [drop] = daemon.acks
  assert.equal(drop.status, 'drop')
  assert.equal(drop.reason.length, 200)
  daemon.interceptors['hooks.ack'] = ({ peer, call }) => {
    daemon.acks.push(call.params)
    peer.reply(call, {})
    return true
  }
  daemon.submit('later')
  await until(() => daemon.acks.length === 2)
  assert.deepEqual(daemon.acks[1], { delivery_id: 'later', status: 'retry', delay_ms: 60_000, reason: 'greylisted' })
})

test('at most prefetch handlers run at a time', async (t) => {
  const { daemon, auth } = await daemonFor(t)
  let running = 0
  let most = 0
  auth.onEmail(async () => {
    running += 1
    most = Math.max(most, running)
    await sleep(5)
    running -= 1
  }, { prefetch: 4 })
  for (let number = 0; number < 40; number += 1) daemon.submit(`e${number}`)
  await until(() => daemon.acks.length === 40)
  assert.equal(most, 4)
})

test('trap 23: at least once by the daemon, once in a process', async (t) => {
  const { daemon, auth } = await daemonFor(t)
  const handled = []
  let release
  const gate = new Promise((resolve) => {
    release = resolve
  })
  auth.onEmail(async (email) => {
    handled.push(email.deliveryId)
    await gate
  })
  daemon.submit('slow')
  await until(() => handled.length === 1)
  // Its time is over while the handler runs; then the connection is lost as well.
  daemon.redeliver('slow')
  await sleep(20)
  daemon.hangUp()
  await until(() => daemon.subscriptions.length === 1)
  await sleep(20)
  assert.deepEqual(handled, ['slow'])
  release()
  await until(() => daemon.outcomes('slow').includes('success'))
  // And once more after it was acknowledged: it is said again, without the handler.
  daemon.submit('slow')
  await until(() => daemon.outcomes('slow').length === 2)
  assert.deepEqual(handled, ['slow'])
})

test('trap 23: an acknowledgement that was lost is said again when the email comes again', async (t) => {
  const { daemon, auth } = await daemonFor(t)
  const handled = []
  daemon.interceptors['hooks.ack'] = ({ peer }) => {
    daemon.interceptors = {}
    peer.close()
    return true
  }
  auth.onEmail((email) => handled.push(email.deliveryId))
  daemon.submit('a')
  await until(() => daemon.outcomes('a').length >= 1)
  assert.deepEqual(handled, ['a'])
})

test('trap 23: a storm of restarts loses nothing', async (t) => {
  const { daemon, auth } = await daemonFor(t)
  const handled = new Map()
  auth.onEmail(async (email) => {
    handled.set(email.deliveryId, (handled.get(email.deliveryId) ?? 0) + 1)
    await sleep(Math.random() * 4)
    if (Math.random() < 0.2) throw new Error('not now')
  })
  for (let number = 0; number < 100; number += 1) {
    daemon.submit(`e${number}`)
    if (number % 10 === 0) daemon.hangUp()
    await sleep(1)
  }
  const sent = () => new Set(daemon.acks.filter((ack) => ack.status === 'success').map((ack) => ack.delivery_id))
  await until(() => daemon.pending.length === 0 && sent().size === 100)
  assert.equal(handled.size, 100)
})

test('for await gives the emails one after the other, until break', async (t) => {
  const { daemon, auth } = await daemonFor(t)
  for (const id of ['a', 'b', 'c']) daemon.submit(id)
  const seen = []
  for await (const email of auth.emails({ prefetch: 1 })) {
    seen.push(email.deliveryId)
    await email.ack()
    await email.drop()
    if (seen.length === 2) break
  }
  assert.deepEqual(seen, ['a', 'b'])
  assert.deepEqual(daemon.acks.map((ack) => ack.status), ['success', 'success'], 'the first word counts')
  await until(() => daemon.subscriptions.length === 0)
  assert.ok(daemon.fake.methods.includes('hooks.unsubscribe'))
})

test('for await: a signal ends it with its reason, and what was not begun goes back', async (t) => {
  const { daemon, auth } = await daemonFor(t)
  for (const id of ['a', 'b', 'c']) daemon.submit(id)
  const controller = new AbortController()
  const reason = new Error('shutting down')
  const seen = []
  const loop = async () => {
    for await (const email of auth.emails({ signal: controller.signal })) {
      seen.push(email.deliveryId)
      await email.ack()
      if (seen.length === 1) controller.abort(reason)
    }
  }
  assert.equal(await errorOf(loop()), reason)
  assert.deepEqual(seen, ['a'])
  await until(() => daemon.pending.length === 2)
  assert.equal(await errorOf(auth.emails({ signal: controller.signal }).next()), reason)
})

test('for await: what waited for too long is somebody else\'s by now', async (t) => {
  const { daemon, auth } = await daemonFor(t)
  daemon.submit('a')
  daemon.submit('b')
  const seen = []
  for await (const email of auth.emails({ ackTimeout: 1000 })) {
    seen.push(`${email.deliveryId}${email.attempt}`)
    if (seen.length === 1) {
      await sleep(1050)
      setTimeout(() => daemon.redeliver('b'), 20)
    }
    await email.ack()
    if (seen.length === 2) break
  }
  assert.deepEqual(seen, ['a1', 'b2'])
})

test('stop waits for the handlers that run, and acknowledges', async (t) => {
  const { daemon, auth } = await daemonFor(t)
  let isBegun = false
  let isDone = false
  const consumer = auth.onEmail(async () => {
    isBegun = true
    await sleep(50)
    isDone = true
  }, { prefetch: 1 })
  daemon.submit('a')
  daemon.submit('b')
  await until(() => isBegun)
  await consumer.stop()
  assert.ok(isDone)
  assert.deepEqual(daemon.acks, [{ delivery_id: 'a', status: 'success' }])
  assert.deepEqual(daemon.pending.map((delivery) => delivery.delivery_id), ['b'])
  await consumer.stop()
})

test('closing the client ends its consumers', async (t) => {
  const { daemon, auth } = await daemonFor(t)
  const consumer = auth.onEmail(() => {})
  await consumer.subscribed
  const iterator = auth.emails()
  const next = iterator.next()
  await until(() => daemon.subscriptions.length === 2)
  await auth.close()
  assert.equal((await next).done, true)
  await until(() => daemon.subscriptions.length === 0)
  assert.throws(() => auth.onEmail(() => {}), /closed/)
})

test('a missing role is one clear error, and calls go on', async (t) => {
  const { daemon, auth } = await daemonFor(t)
  daemon.interceptors['hooks.subscribe'] = ({ peer, call }) => {
    peer.fail(call, 'PERMISSION_DENIED', -32005)
    return true
  }
  const errors = []
  const consumer = auth.onEmail(() => {}, { onError: (error) => errors.push(error) })
  const error = await errorOf(consumer.subscribed)
  assert.ok(error instanceof PermissionDeniedError)
  await until(() => errors.length === 1)
  assert.ok((await errorOf(auth.emails().next())) instanceof PermissionDeniedError)
  const warned = new Promise((resolve) => process.once('warning', resolve))
  auth.onEmail(() => {})
  assert.match((await warned).message, /no emails are taken from the daemon/)
  await sleep(50)
  assert.equal(daemon.fake.methods.filter((method) => method === 'hooks.subscribe').length, 3, 'not again and again')
})

test('a daemon that knows no hooks says that it is too old', async (t) => {
  const fake = await Fake.start(async (peer) => {
    for (let call = await peer.read(); call !== undefined; call = await peer.read()) peer.fail(call, 'METHOD_NOT_FOUND', -32601)
  })
  const auth = new Client(fake.path)
  t.after(() => Promise.all([auth.close(), fake.close()]))
  const error = await errorOf(auth.emails().next())
  assert.ok(error instanceof ProtocolError)
  assert.match(error.message, /too old/)
})

test('a slow handler is warned of, and how emails end can be watched', async (t) => {
  const { daemon, auth } = await daemonFor(t)
  const seen = []
  const listener = (message) => seen.push(message)
  diagnostics.channel('mvp-auth:email').subscribe(listener)
  t.after(() => diagnostics.channel('mvp-auth:email').unsubscribe(listener))
  const warned = new Promise((resolve) => process.once('warning', resolve))
  auth.onEmail(() => sleep(1100), { ackTimeout: 1000 })
  daemon.submit('a')
  assert.equal((await warned).code, 'MVP_AUTH_SLOW_HANDLER')
  await until(() => seen.length === 1)
  assert.deepEqual([seen[0].event, seen[0].attempt, seen[0].outcome], ['verification_email', 1, 'success'])
  assert.ok(!inspect(seen).includes('token'))
})

test('a consumer keeps the program alive, and lets it end when it is stopped', async (t) => {
  const { daemon } = await daemonFor(t)
  daemon.submit('a')
  const script = `
    import { Client } from 'mvp-auth'
    const consumer = new Client(${JSON.stringify(daemon.path)}).onEmail(async (email) => {
      console.log(email.deliveryId)
      if (email.deliveryId === 'b') setTimeout(() => consumer.stop(), 10)
    })`
  setTimeout(() => daemon.submit('b'), 300)
  const cwd = fileURLToPath(new URL('.', import.meta.url))
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath, ['--input-type=module', '-e', script], { cwd, timeout: 30_000 })
  assert.deepEqual([stdout, stderr], ['a\nb\n', ''])
})

test('options that cannot work are refused', async (t) => {
  const { auth } = await daemonFor(t)
  assert.throws(() => auth.emails({ prefetch: 0 }), RangeError)
  assert.throws(() => auth.emails({ ackTimeout: 10 }), RangeError)
  assert.throws(() => auth.emails({ prefech: 1 }), TypeError)
  assert.throws(() => auth.onEmail(), TypeError)
})

test('a stub hands out emails without a daemon', async () => {
  const auth = new StubAuth()
  const sent = []
  const consumer = auth.onEmail((email) => {
    if (email.email === 'bad@example.org') throw new Error('no')
    sent.push(email.token)
  })
  assert.equal(await auth.deliver({ email: 'ada@example.org', token: 'abc' }), 'success')
  assert.equal(await auth.deliver({ email: 'bad@example.org' }), 'retry')
  assert.deepEqual(sent, ['abc'])
  await consumer.stop()
  const delivery = auth.deliver({ email: 'ada@example.org' })
  for await (const email of auth.emails()) {
    await email.drop()
    break
  }
  assert.equal(await delivery, 'drop')
})
