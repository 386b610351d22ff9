// Calls that are torn on the way: done once, and what is not known is said (traps 7 and 8).
import assert from 'node:assert/strict'
import net from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { Client } from 'mvp-auth'
import { PASSWORD, address, clientFor, daemonFor } from './support/daemons.mjs'
import { errorOf, until } from './support/wait.mjs'

/** Stands between client and daemon, and cuts the first connection as `cut` says. */
async function proxyFor(test, daemon, cut) {
  const path = join(daemon.directory, `proxy-${Math.random().toString(36).slice(2)}.sock`)
  const state = { lines: 0 }
  const server = net.createServer((client) => {
    const upstream = net.connect(daemon.socket)
    for (const socket of [client, upstream]) socket.on('error', () => {})
    client.on('close', () => upstream.end())
    upstream.on('close', () => client.destroy())
    cut(client, upstream, state)
  })
  await new Promise((resolve) => server.listen(path, resolve))
  test.after(() => new Promise((resolve) => server.close(resolve)))
  return path
}

/** Passes bytes on; `filter` gives what of a piece goes through, and whether it is the last one. */
function pipe(from, to, filter) {
  from.on('data', (data) => {
    const { rest, isLast } = filter(data)
    if (isLast) {
      // Sent to the end and closed, as the kernel does with what a process has written before it dies.
      to.end(rest)
      from.destroy()
    } else to.write(rest)
  })
}

const all = (data) => ({ rest: data, isLast: false })

test('trap 7: a register that is cut at any byte is done at most once, and the client says so', async (t) => {
  const daemon = await daemonFor(t)
  const direct = clientFor(t, daemon)
  const isThere = (email) => direct.findUser({ email }).then(() => true, () => false)
  const undone = []
  let length = Infinity
  for (let position = 0; position <= length; position += 1) {
    const email = address()
    const path = await proxyFor(t, daemon, (client, upstream, state) => {
      pipe(upstream, client, all)
      pipe(client, upstream, (data) => {
        state.lines += 1
        // The hello, then the call.
        if (state.lines !== 2) return { rest: data, isLast: false }
        length = data.length
        return { rest: data.subarray(0, position), isLast: true }
      })
    })
    const auth = new Client({ socket: path, timeout: 10_000 })
    const error = await errorOf(auth.register({ email, password: PASSWORD }))
    await auth.close()
    assert.deepEqual([error.code, error.executed], ['CONNECTION_LOST', true], `cut at ${position} of ${length}`)
    // What is whole but for its line feed is executed.
    if (position >= length - 1) await until(() => isThere(email))
    else undone.push(email)
  }
  assert.ok(undone.length > 100)
  for (const email of undone) assert.equal(await isThere(email), false)
})

test('trap 8: a refresh whose every first answer is cut keeps the session', async (t) => {
  const daemon = await daemonFor(t)
  const direct = clientFor(t, daemon)
  const email = address()
  await direct.register({ email, password: PASSWORD })
  let pair = await direct.login({ email, password: PASSWORD })
  for (let number = 0; number < 40; number += 1) {
    let connections = 0
    const path = await proxyFor(t, daemon, (client, upstream) => {
      connections += 1
      const isFirst = connections === 1
      let answers = 0
      pipe(client, upstream, all)
      pipe(upstream, client, (data) => {
        answers += 1
        if (!isFirst || answers !== 2) return { rest: data, isLast: false }
        return { rest: data.subarray(0, Math.floor((data.length * number) / 40)), isLast: true }
      })
    })
    const auth = new Client(path)
    pair = await auth.refresh({ refreshToken: pair.refreshToken })
    await auth.close()
    assert.equal(connections, 2)
  }
  assert.equal((await direct.currentUser({ accessToken: pair.accessToken })).email, email)
  assert.equal((await direct.sessions({ accessToken: pair.accessToken })).length, 1)
})

test('trap 8: without its key the same refresh ends the session: the test above can fail', async (t) => {
  const daemon = await daemonFor(t)
  const direct = clientFor(t, daemon)
  const email = address()
  await direct.register({ email, password: PASSWORD })
  const { refreshToken, accessToken } = await direct.login({ email, password: PASSWORD })
  for (const key of ['first-attempt', 'second-attempt']) {
    await direct.refresh({ refreshToken }, { idempotencyKey: key }).catch((error) => assert.equal(error.code, 'TOKEN_REUSE'))
  }
  await assert.rejects(direct.currentUser({ accessToken }), { code: 'TOKEN_REVOKED' })
})
