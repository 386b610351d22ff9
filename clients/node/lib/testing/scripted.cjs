'use strict'

const fs = require('node:fs')
const net = require('node:net')
const os = require('node:os')
const path = require('node:path')
const readline = require('node:readline')
const { setTimeout: sleep } = require('node:timers/promises')
const { disposable } = require('../client/disposable.cjs')
const { ERRORS, PROTOCOL } = require('../generated.cjs')

/** The steps of a script: what the server does with a call. */
const steps = {
  /** Answers with this result, as on the wire. */
  reply: (result) => ({ members: { result } }),
  /** Answers with the error of this code; `retryAfter` is in milliseconds. */
  error(code, { executed = false, retryAfter } = {}) {
    const known = ERRORS[code] ?? { number: 40000, retryable: false, message: code }
    const data = { code, retryable: known.retryable, executed, retry_after_ms: retryAfter }
    return { members: { error: { code: known.number, message: known.message, data } } }
  },
  /** Waits for so many milliseconds before it does the next thing. */
  delay: (milliseconds, then) => ({ ...then, delay: (then.delay ?? 0) + milliseconds }),
  /** Sends so many bytes of the answer and hangs up. */
  cut: (bytes, result) => ({ members: { result }, bytes }),
  /** Closes the connection without an answer. */
  hangUp: () => ({ members: {}, bytes: 0 }),
}

const HELLO = {
  protocol: PROTOCOL, server: { name: 'scripted', version: '0' }, instance_id: 'scripted',
  peer: { uid: 0, gid: 0, app: 'scripted', roles: ['client'] }, limits: {}, capabilities: [], openrpc_sha256: '',
}

/** Speaks the wire and does with each call what the script says; then it hangs up: see `testing.d.ts`. */
class ScriptedServer {
  /** The methods and params that came, in order, without hellos. */
  calls = []

  #script
  #directory = fs.mkdtempSync(path.join(os.tmpdir(), 'mvp-auth-'))
  #connections = new Set()
  #server = net.createServer((socket) => this.#serve(socket))

  constructor(script) {
    this.#script = [...script]
    this.socket = path.join(this.#directory, 'mvp-auth.sock')
  }

  async start() {
    await new Promise((resolve, reject) => this.#server.once('error', reject).listen(this.socket, resolve))
    return this
  }

  async close() {
    for (const connection of this.#connections) connection.destroy()
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve))
    fs.rmSync(this.#directory, { recursive: true, force: true })
  }

  #serve(socket) {
    this.#connections.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => this.#connections.delete(socket))
    const lines = readline.createInterface({ input: socket })
    lines.on('error', () => {})
    lines.on('line', (line) => this.#take(socket, JSON.parse(line)))
  }

  async #take(socket, call) {
    if (call.id === undefined) return
    const { id } = call
    if (call.method === 'system.hello') {
      socket.write(lineOf({ id, result: HELLO }))
      return
    }
    this.calls.push({ method: call.method, params: call.params ?? {} })
    const step = this.#script.shift() ?? steps.hangUp()
    if (step.delay !== undefined) await sleep(step.delay)
    const line = lineOf({ id, ...step.members })
    if (step.bytes === undefined) socket.write(line)
    else socket.end(line.subarray(0, step.bytes))
  }
}

function lineOf(members) {
  return Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', ...members })}\n`)
}

/** Starts a server that follows a script: for tests of what an app does when the daemon does not answer. */
function startScriptedServer(script) {
  return new ScriptedServer(script).start()
}

disposable(ScriptedServer, (server) => server.close())

module.exports = { startScriptedServer, steps }
