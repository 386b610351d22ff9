// Where the daemon is, who it is, and how long a call waits for it.
import assert from 'node:assert/strict'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Client, ConfigurationError, ProtocolError, ServiceUnavailableError } from 'mvp-auth'
import { Fake, silent } from './support/fake.mjs'
import { Server } from './support/vectors.mjs'
import { errorOf, sleep, until } from './support/wait.mjs'

let server
const directory = mkdtempSync(join(tmpdir(), 'mvp-auth-'))
before(() => {
  server = new Server()
})
after(async () => {
  await server.close()
  rmSync(directory, { recursive: true, force: true })
})

async function fakeFor(test, script, options) {
  const fake = await Fake.start(script, options)
  test.after(() => fake.close())
  return fake
}

test('trap 1: a full backlog (EAGAIN) is waited for: 20 clients succeed, none twice', async () => {
  const path = await server.serve([{ backlog: 300 }, ...Array(20).fill({ reply: { pong: true } })])
  const clients = Array.from({ length: 20 }, () => new Client(path))
  const answers = await Promise.all(clients.map((auth) => auth.ping()))
  await Promise.all(clients.map((auth) => auth.close()))
  assert.ok(answers.every((answer) => answer.pong))
  const report = await server.report()
  assert.deepEqual([report.calls.length, report.hellos], [20, 20])
})

test('a daemon that comes late is waited for', async (t) => {
  const fake = new Fake()
  const auth = new Client(fake.path)
  t.after(() => Promise.all([auth.close(), fake.close()]))
  const call = auth.ping()
  await sleep(100)
  await fake.listen()
  assert.equal((await call).pong, true)
})

test('what is in the way is said at the deadline, with what to do', async () => {
  const missing = new Client({ socket: join(directory, 'missing.sock'), timeout: 100 })
  const began = performance.now()
  const error = await errorOf(missing.ping())
  assert.ok(performance.now() - began >= 90)
  assert.ok(error instanceof ServiceUnavailableError)
  assert.match(error.message, /There is no socket at .*missing\.sock\. Is mvp-authd running\? Set MVP_AUTH_SOCKET/)
  assert.deepEqual([error.code, error.executed, error.status, error.cause.code], ['UNAVAILABLE', false, 503, 'ENOENT'])
  assert.match(error.stack, /connecting\.test\.mjs/, 'the stack shows who called')

  const refused = new Client({ socket: await server.serve([{ refuse: 60_000 }]), timeout: 2000 })
  assert.match((await errorOf(refused.ping())).message, /Nobody listens at .*Is mvp-authd running/)

  process.env.XDG_RUNTIME_DIR = directory
  const searched = await errorOf(new Client({ timeout: 500 }).ping()).finally(() => delete process.env.XDG_RUNTIME_DIR)
  assert.match(searched.message, new RegExp(`${directory}/mvp-auth/mvp-auth.sock and /run/mvp-auth/mvp-auth.sock`))
})

test('a daemon that does not answer the hello costs the deadline and no more', async (t) => {
  const fake = await fakeFor(t, silent, { greets: false })
  const auth = new Client({ socket: fake.path, timeout: 150 })
  t.after(() => auth.close())
  const error = await errorOf(auth.ping())
  assert.deepEqual([error.code, error.executed], ['DEADLINE_EXCEEDED', false])
  await until(() => auth.connections.length === 0, 'the attempt ends with who waited for it')
})

test('a daemon that hangs up on every hello was asked nothing', async (t) => {
  const fake = await fakeFor(t, async (peer) => {
    await peer.read()
    peer.close()
  }, { greets: false })
  const auth = new Client({ socket: fake.path, timeout: 150 })
  t.after(() => auth.close())
  const error = await errorOf(auth.register({ email: 'a', password: 'b' }))
  assert.match(error.message, /The daemon is not ready: The connection was lost/)
  assert.deepEqual([error.code, error.executed], ['UNAVAILABLE', false])
  assert.ok(fake.peers.length > 1, 'it was tried again')
})

test('a daemon of another protocol says so at once, to everybody who waits', async (t) => {
  const fake = await fakeFor(t, async (peer) => {
    peer.fail(await peer.read(), 'UNSUPPORTED_PROTOCOL', -32008, { executed: true })
    await peer.read()
  }, { greets: false })
  const auth = new Client(fake.path)
  t.after(() => auth.close())
  const errors = await Promise.all([1, 2, 3].map(() => errorOf(auth.ping())))
  for (const error of errors) {
    assert.ok(error instanceof ProtocolError)
    assert.deepEqual([error.code, error.executed], ['UNSUPPORTED_PROTOCOL', false])
  }
  assert.equal(new Set(errors).size, 3, 'each has its own')
  assert.equal(fake.peers.length, 1)
})

test('never two attempts at a time, and one connection for all', async (t) => {
  const fake = await fakeFor(t)
  const auth = new Client(fake.path)
  t.after(() => auth.close())
  await Promise.all(Array.from({ length: 50 }, () => auth.ping()))
  assert.deepEqual([fake.peers.length, fake.hellos.length], [1, 1])
})

test('while nobody waits nobody connects', async (t) => {
  const fake = await fakeFor(t)
  const auth = new Client(fake.path)
  t.after(() => auth.close())
  await auth.ping()
  fake.peers[0].close()
  await until(() => auth.connections.length === 0)
  await sleep(100)
  assert.equal(fake.peers.length, 1)
  assert.equal((await auth.ping()).pong, true)
})

test('a call that is aborted while it connects sends nothing, and ends the attempt', async (t) => {
  const fake = new Fake()
  const auth = new Client(fake.path)
  t.after(() => Promise.all([auth.close(), fake.close()]))
  const reason = new Error('enough')
  const controller = new AbortController()
  const call = auth.ping({ signal: controller.signal })
  setTimeout(() => controller.abort(reason), 30)
  assert.equal(await errorOf(call), reason)
  await fake.listen()
  await sleep(100)
  assert.equal(fake.peers.length, 0)
})

test('the hello gives up the right to receive emails, and what roles says', async (t) => {
  const fake = await fakeFor(t)
  for (const [roles, kept] of [[undefined, ['client', 'trusted', 'admin']], [['client'], ['client']]]) {
    const auth = new Client({ socket: fake.path, roles, name: 'shop' })
    await auth.ping()
    await auth.close()
    const { protocol, client, roles: sent } = fake.hellos.pop().params
    assert.deepEqual([protocol, client.name, sent], [[1], 'shop', kept])
  }
})

test('trap 19: somebody else\'s socket is refused', { skip: process.getuid() !== 0 && 'needs root' }, async (t) => {
  const fake = await fakeFor(t)
  chownSync(fake.path, 12345, 12345)
  const error = await errorOf(new Client(fake.path).ping())
  assert.match(error.message, /The socket .* belongs to uid 12345, which is not the daemon's/)
  assert.deepEqual([error.retryable, error.executed], [false, false])
  assert.deepEqual(fake.calls, [], 'nothing was said to it')
  const trusting = new Client({ socket: fake.path, daemonUid: 12345 })
  t.after(() => trusting.close())
  assert.equal((await trusting.ping()).pong, true)
})

test('trap 19: a directory of somebody else is refused when the daemon is known', { skip: process.getuid() !== 0 && 'needs root' },
  async (t) => {
    const fake = await fakeFor(t)
    chownSync(join(fake.path, '..'), 23456, 23456)
    const error = await errorOf(new Client({ socket: fake.path, daemonUid: 12345 }).ping())
    assert.match(error.message, /The directory .* belongs to uid 23456/)
  })

test('trap 19: a directory that everybody may write is warned of, once', async (t) => {
  const fake = await fakeFor(t)
  chmodSync(join(fake.path, '..'), 0o777)
  const warnings = []
  const listener = (warning) => warnings.push(warning)
  process.on('warning', listener)
  t.after(() => process.off('warning', listener))
  for (let number = 0; number < 2; number += 1) {
    const auth = new Client(fake.path)
    await auth.ping()
    await auth.close()
  }
  await sleep(10)
  assert.deepEqual(warnings.map((warning) => warning.code), ['MVP_AUTH_DIRECTORY'])
})

test('trap 18: the socket that exists is taken, whatever the session says', async (t) => {
  const fake = await fakeFor(t)
  const session = join(directory, 'session')
  mkdirSync(join(session, 'mvp-auth'), { recursive: true })
  process.env.RUNTIME_DIRECTORY = session
  process.env.MVP_AUTH_SOCKET = `unix://${fake.path}`
  t.after(() => {
    delete process.env.RUNTIME_DIRECTORY
    delete process.env.MVP_AUTH_SOCKET
  })
  const auth = new Client()
  t.after(() => auth.close())
  assert.equal((await auth.ping()).pong, true)
})

test('settings that cannot work are refused where they are written', () => {
  assert.throws(() => new Client(`/${'x'.repeat(107)}`), ConfigurationError)
  assert.throws(() => new Client('/a\0b'), ConfigurationError)
  assert.throws(() => new Client('unix://'), ConfigurationError)
  assert.throws(() => new Client({ roles: ['root'] }), /Unknown roles: root/)
  assert.throws(() => new Client({ sokcet: '/a' }), /no option sokcet/)
  assert.throws(() => new Client({ timeout: Number.NaN }), TypeError)
})

test('a client that was closed says so', async (t) => {
  const fake = await fakeFor(t)
  const auth = new Client(fake.path)
  await auth.ping()
  await auth.close()
  await auth.close()
  const error = await errorOf(auth.ping())
  assert.match(error.message, /has been closed/)
  assert.deepEqual([error.retryable, error.executed], [false, false])
})

test('disconnect is for now, close is for ever; both tell who waits', async (t) => {
  const fake = await fakeFor(t, silent)
  const auth = new Client(fake.path)
  const call = errorOf(auth.login({ email: 'a', password: 'b' }))
  await until(() => fake.calls.length === 1)
  auth.disconnect()
  const error = await call
  assert.deepEqual([error.code, error.executed, error.retryable], ['CONNECTION_LOST', true, false])
  const next = errorOf(auth.login({ email: 'a', password: 'b' }))
  await until(() => fake.calls.length === 2)
  await auth.close()
  assert.equal((await next).code, 'CONNECTION_LOST')
})
