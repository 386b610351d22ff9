// A daemon that dies or starts again (traps 6 and 12), programs that end (trap 13).
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { Client, MvpAuthError } from 'mvp-auth'
import { PASSWORD, address, clientFor, daemonFor } from './support/daemons.mjs'
import { Fake, answer, echo } from './support/fake.mjs'
import { errorOf, sleep, until } from './support/wait.mjs'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const run = (script) => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { cwd: HERE, timeout: 30_000 })

test('trap 6: 50 restarts, and no call fails', async (t) => {
  const place = mkdtempSync(join(tmpdir(), 'mvp-auth-'))
  t.after(() => rmSync(place, { recursive: true, force: true }))
  const daemon = await daemonFor(t, { AUTH_DATABASE_URL: `sqlite://${place}/accounts.sqlite` })
  const auth = clientFor(t, daemon, { timeout: 30_000 })
  const email = address()
  await auth.register({ email, password: PASSWORD })
  const { accessToken } = await auth.login({ email, password: PASSWORD })
  let isOver = false
  let calls = 0
  const callers = Array.from({ length: 4 }, async () => {
    while (!isOver) {
      assert.equal((await auth.currentUser({ accessToken })).email, email)
      calls += 1
      await sleep(1)
    }
  })
  for (let number = 0; number < 50; number += 1) {
    await daemon.stop()
    await daemon.start()
    // The first call after a restart, and not an idempotent one.
    await auth.login({ email, password: PASSWORD })
  }
  isOver = true
  await Promise.all(callers)
  assert.ok(calls > 50)
})

test('trap 6: a call that is not idempotent survives an idle connection that was lost', async (t) => {
  // In a thread of its own, so that the daemon can hang up while nothing turns here.
  // How often it has hung up, and how many answers were read here.
  const counts = new Int32Array(new SharedArrayBuffer(8))
  const worker = new Worker(new URL('./support/hangup.mjs', import.meta.url), { workerData: counts })
  t.after(() => worker.terminate())
  const [path] = await new Promise((resolve) => worker.once('message', resolve))
  const other = new Client(path)
  t.after(() => other.close())
  for (let number = 1; number < 20; number += 1) {
    assert.equal((await other.register({ email: `${number}@example.org`, password: PASSWORD })).email, `${number}@example.org`)
    // The peer hangs up now, and without a turn of the loop in between nobody has noticed.
    Atomics.store(counts, 1, number)
    assert.notEqual(Atomics.wait(counts, 0, number - 1, 10_000), 'timed-out')
  }
})

test('trap 12: a daemon that dies leaves no unhandled error, with calls in flight and with none', async (t) => {
  const unhandled = []
  const listener = (error) => unhandled.push(error)
  for (const event of ['unhandledRejection', 'uncaughtException', 'warning']) {
    process.on(event, listener)
    t.after(() => process.off(event, listener))
  }
  const daemon = await daemonFor(t)
  const auth = clientFor(t, daemon)
  const email = address()
  await auth.register({ email, password: PASSWORD })
  const calls = Array.from({ length: 50 }, () => auth.login({ email, password: PASSWORD }, { timeout: 500 }))
  const leaving = errorOf(auth.currentUser({ accessToken: 'x' }, { signal: AbortSignal.timeout(3) }))
  const results = Promise.allSettled(calls)
  await sleep(5)
  await daemon.stop()
  for (const { status, reason } of await results) assert.ok(status === 'fulfilled' || reason instanceof MvpAuthError, reason)
  await leaving
  await daemon.start()
  await auth.ready({ timeout: 30_000 })
  await daemon.stop()
  await until(() => auth.connections.length === 0, 'the reader notices, not the next call')
  assert.match((await errorOf(auth.ready({ timeout: 100 }))).message, /Is mvp-authd running/)
  await daemon.start()
  await auth.ready({ timeout: 30_000 })
  await sleep(20)
  assert.deepEqual(unhandled, [])
})

test('trap 13: a program with one call ends by itself, closed or not', async (t) => {
  const fake = await Fake.start()
  t.after(() => fake.close())
  for (const end of ['', 'await auth.close()']) {
    const script = `
      import { Client } from 'mvp-auth'
      const auth = new Client(${JSON.stringify(fake.path)})
      console.log((await auth.verify({ accessToken: 'abc' })).jti)
      ${end}
      const called = performance.now()
      process.on('exit', () => console.log(performance.now() - called < 1000))`
    const { stdout, stderr } = await run(script)
    assert.deepEqual([stdout, stderr], ['abc\ntrue\n', ''])
  }
})

test('trap 13: a call that waits keeps the program alive', async (t) => {
  const fake = await Fake.start(async (peer) => {
    const call = await peer.read()
    await sleep(300)
    peer.reply(call, answer(call))
    await echo(peer)
  })
  t.after(() => fake.close())
  const { stdout } = await run(`
    import { Client } from 'mvp-auth'
    console.log((await new Client(${JSON.stringify(fake.path)}).verify({ accessToken: 'abc' })).jti)`)
  assert.equal(stdout, 'abc\n')
})

test('trap 13: a program that waits for a daemon which never comes ends with the error', async () => {
  const { stdout } = await run(`
    import { Client } from 'mvp-auth'
    await new Client({ socket: '/nonexistent/mvp-auth.sock', timeout: 100 }).ping().catch((error) => console.log(error.code))`)
  assert.equal(stdout, 'UNAVAILABLE\n')
})

test('trap 3: processes and threads share nothing', async (t) => {
  const fake = await Fake.start()
  const auth = new Client(fake.path)
  t.after(() => Promise.all([auth.close(), fake.close()]))
  await auth.ping()
  const worker = new Worker(new URL('./support/worker.mjs', import.meta.url), { workerData: fake.path })
  const email = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
  assert.equal(email, 'worker@example.org')
  const prefixes = new Set(fake.calls.map((call) => call.id.split('-')[0]))
  assert.deepEqual([fake.peers.length, prefixes.size], [2, 2])
})
