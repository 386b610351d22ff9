// The rows of clients/vectors.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { after, before, describe, test } from 'node:test'
import { Client, MvpAuthError } from 'mvp-auth'
import { Server, rows } from './support/vectors.mjs'

const require = createRequire(import.meta.url)
const { encode } = require('../lib/calls/values.cjs')
const { candidates, locate } = require('../lib/connection/endpoint.cjs')
const { BadLine, Framer, parse } = require('../lib/connection/framer.cjs')
const { classes } = require('../lib/errors/classes.cjs')
const { fromWire } = require('../lib/errors/made.cjs')
const { METHODS } = require('../lib/generated.cjs')
const { camelCase } = require('../lib/models/models.cjs')

let server
before(() => {
  server = new Server()
})
after(async () => assert.equal(await server.close(), 0))

describe('retries', () => {
  for (const row of rows('retries')) {
    test(row.name, async () => {
      const auth = new Client({ socket: await server.serve(row.steps), timeout: 20_000 })
      let outcome
      try {
        outcome = { result: await auth.call(row.method, row.params, { idempotencyKey: row.key }) }
      } catch (error) {
        assert.ok(error instanceof MvpAuthError, error.stack)
        outcome = { code: error.code, executed: error.executed }
      }
      await auth.close()
      assert.deepEqual(outcome, row.outcome)
      const calls = (await server.report()).calls.map((call) => call.line)
      assert.deepEqual(calls.map((call) => call.method), Array(row.sends).fill(row.method))
      for (const call of calls) assert.deepEqual(call.params, row.params)
      assert.equal(new Set(calls.map((call) => call.id)).size, calls.length)
      const keys = new Set(calls.map((call) => call.meta.idempotency_key))
      assert.equal(keys.size, 1)
      if (row.key !== null) assert.deepEqual([...keys], [row.key])
    })
  }
})

describe('methods', () => {
  const offered = rows('methods').filter((row) => row.function !== null)
  for (const row of offered) {
    test(row.name, async () => {
      const auth = new Client(await server.serve([{ reply: row.result }]))
      const params = Object.fromEntries(
        Object.entries(row.params).filter(([, value]) => value !== null).map(([name, value]) => [camelCase(name), value]))
      const call = auth[camelCase(row.function)]
      const value = Object.keys(METHODS[row.method].params).length > 0 ? await call.call(auth, params) : await auth.ping()
      await auth.close()
      assert.deepEqual(plain(value, row.value), row.value)
      const [sent] = (await server.report()).calls
      assert.equal(sent.line.method, row.method)
      assert.deepEqual(sent.line.params, withoutNulls(row.params))
    })
  }

  test('every method of an application is offered and known', () => {
    const names = new Set(offered.map((row) => row.method))
    assert.ok(names.size >= 14)
    for (const [name, method] of Object.entries(METHODS)) {
      if (method.role === 'client') assert.ok(names.has(name), name)
    }
    for (const row of offered) {
      assert.equal(METHODS[row.method].function, camelCase(row.function))
      assert.equal(Client.prototype[camelCase(row.function)].name, camelCase(row.function))
    }
  })
})

/** A model as the rows have it: the wire's names, microseconds where the row has them. */
function plain(value, expected) {
  if (Array.isArray(value)) return value.map((element, index) => plain(element, expected[index]))
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value.toJSON?.() ?? value)
    return Object.fromEntries(members.map(([name, member]) => [name, plain(member, expected[name])]))
  }
  return typeof value === 'string' && typeof expected === 'number' ? microseconds(value) : value
}

function microseconds(text) {
  const fraction = (/\.(\d+)/.exec(text)?.[1] ?? '').padEnd(6, '0').slice(0, 6)
  return Date.parse(text.replace(/\.\d+/, '')) * 1000 + Number(fraction)
}

function withoutNulls(params) {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== null))
}

describe('errors', () => {
  for (const { name, error, expected } of rows('errors')) {
    test(name, () => {
      const made = fromWire(error)
      assert.equal(made.name, expected.class)
      assert.equal(made.constructor, classes[expected.class])
      assert.equal(made.code, expected.code ?? 'AUTH_ERROR')
      assert.equal(made.retryAfter, expected.retry_after_ms)
      assert.equal(made.requestId, expected.request_id)
      for (const member of ['number', 'message', 'status', 'retryable', 'executed', 'fields']) {
        assert.deepEqual(made[member], expected[member], member)
      }
    })
  }
})

describe('endpoints', () => {
  for (const row of rows('endpoints')) {
    test(row.name, () => {
      const paths = candidates(row.argument, row.environment)
      assert.deepEqual(paths, row.searched)
      const stat = (path) => {
        if (!row.exists.includes(path)) throw Object.assign(new Error(path), { code: 'ENOENT' })
      }
      assert.equal(locate(paths, stat), row.path)
    })
  }
})

describe('framing', () => {
  for (const row of rows('framing')) {
    test(row.name, () => {
      const framer = new Framer(2 * 1024 * 1024)
      const events = []
      const results = {}
      try {
        for (const chunk of row.chunks) {
          const data = chunk.hex === undefined ? Buffer.from(chunk.text) : Buffer.from(chunk.hex, 'hex')
          framer.feed(Buffer.concat(Array(chunk.times ?? 1).fill(data)), (text) => {
            const message = parse(text)
            if (message.method !== undefined) return events.push({ notification: message.method })
            const answer = Number(message.id.slice(1))
            if (Number.isNaN(answer)) return undefined
            results[answer] = message.result
            return events.push({ answer })
          })
        }
      } catch (error) {
        assert.ok(error instanceof BadLine, error)
        events.push({ close: true })
      }
      for (const { answer, result } of row.events) {
        if (result !== undefined) assert.deepEqual(results[answer], result)
      }
      assert.deepEqual(events, row.events.map(({ result, ...event }) => event))
    })
  }
})

describe('strings', () => {
  for (const row of rows('strings')) {
    test(row.name, () => {
      // JavaScript has no text that is not Unicode but for lone surrogates; bytes are not taken for text.
      const text = row.utf8 === undefined ? String.fromCharCode(...row.utf16) : Buffer.from(row.utf8, 'hex')
      if (row.sent) {
        assert.deepEqual(JSON.parse(Buffer.from(encode([text])).toString()), [text])
        return
      }
      assert.throws(() => encode({ password: text }), (error) => {
        assert.ok(error instanceof classes.ValidationError)
        assert.deepEqual([error.executed, error.status], [false, 422])
        assert.deepEqual(error.fields.map((field) => field.path), ['password'])
        return true
      })
    })
  }
})
