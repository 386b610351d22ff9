// A daemon that does what a test tells it to, line by line.
import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export const HELLO = {
  protocol: 1,
  server: { name: 'mvp-auth', version: '1.0.0' },
  instance_id: '0123456789abcdef',
  peer: { uid: 0, gid: 0, app: 'fake', roles: ['client'] },
  limits: { line_bytes: 65536, reply_bytes: 1048576, calls_in_flight: 64 },
  capabilities: ['cancel'],
  openrpc_sha256: '0'.repeat(64),
}

/** One accepted connection. */
class Peer {
  #lines

  constructor(fake, socket) {
    this.fake = fake
    this.socket = socket
    socket.on('error', () => {})
    this.#lines = createInterface({ input: socket })[Symbol.asyncIterator]()
  }

  /** The next call; undefined when the client has gone. */
  async read() {
    // A client that left with answers unread is an error of the socket, and of who reads its lines.
    const { done, value } = await this.#lines.next().catch(() => ({ done: true }))
    if (done) return undefined
    const call = JSON.parse(value)
    this.fake.calls.push(call)
    return call
  }

  send(value) {
    if (!this.socket.destroyed) this.socket.write(typeof value === 'string' ? value : line(value))
  }

  reply(call, result) {
    if (call.id !== undefined) this.send({ jsonrpc: '2.0', id: call.id, result })
  }

  fail(call, code, number, data = {}) {
    const error = { code: number, message: code.toLowerCase(), data: { code, retryable: false, executed: false, ...data } }
    this.send({ jsonrpc: '2.0', id: call.id, error })
  }

  notify(method, params = {}) {
    this.send({ jsonrpc: '2.0', method, params })
  }

  close() {
    this.socket.destroy()
  }
}

export const line = (value) => `${JSON.stringify(value)}\n`

/** Answers each call with what belongs to its params. */
export async function echo(peer) {
  for (let call = await peer.read(); call !== undefined; call = await peer.read()) peer.reply(call, answer(call))
}

/** Reads and never answers. */
export async function silent(peer) {
  while ((await peer.read()) !== undefined);
}

export function answer({ method, params = {} }) {
  switch (method) {
    case 'user.get_current_user': return user(`${params.access_token}@example.org`)
    case 'user.register': return user(params.email)
    case 'auth.login':
    case 'auth.refresh': return pair(params.email ?? params.refresh_token)
    case 'token.verify': return payload(params.access_token)
    case 'system.ping': return { pong: true }
    case 'system.health': return { status: 'ok', store: 'ok' }
    default: return { message: 'Done.' }
  }
}

export function user(email) {
  return {
    id: '5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10', email, is_active: true, is_verified: false,
    created_at: '2026-03-01T12:00:00Z', updated_at: '2026-03-01T12:00:00Z',
  }
}

export function pair(name, expiresIn = 900) {
  return {
    access_token: `access-${name}`, refresh_token: `refresh-${name}`, token_type: 'bearer', expires_in: expiresIn,
  }
}

export function payload(jti) {
  return {
    sub: '5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10', jti, type: 'access',
    session_id: 'c2a1e0f4-6d5b-4b8a-8f3c-1e2d3c4b5a69', iat: 1772366400, exp: 1772367300,
  }
}

/** Listens on a socket of its own; each connection runs the script. */
export class Fake {
  calls = []
  peers = []
  hellos = []
  #directory = mkdtempSync(join(tmpdir(), 'mvp-auth-'))
  #server

  constructor(script = echo, { greets = true, limits = {} } = {}) {
    this.path = join(this.#directory, 'mvp-auth.sock')
    this.script = script
    this.#server = net.createServer(async (socket) => {
      const peer = new Peer(this, socket)
      this.peers.push(peer)
      if (greets) {
        const hello = await peer.read()
        if (hello === undefined) return
        this.calls.pop()
        this.hellos.push(hello)
        peer.reply(hello, { ...HELLO, limits: { ...HELLO.limits, ...limits } })
      }
      await this.script(peer)
    })
  }

  static async start(script, options) {
    const fake = new Fake(script, options)
    await fake.listen()
    return fake
  }

  listen() {
    return new Promise((resolve, reject) => this.#server.once('error', reject).listen(this.path, resolve))
  }

  /** The methods that were called, without hellos. */
  get methods() {
    return this.calls.map((call) => call.method)
  }

  /** Ends the listener and every connection; the path goes. */
  async hangUp() {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const peer of this.peers) peer.close()
    await closed
  }

  async close() {
    await this.hangUp()
    rmSync(this.#directory, { recursive: true, force: true })
  }
}
