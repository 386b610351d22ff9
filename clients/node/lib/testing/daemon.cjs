'use strict'

const { spawn } = require('node:child_process')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { setTimeout: sleep } = require('node:timers/promises')
const { Client } = require('../client/client.cjs')
const { disposable } = require('../client/disposable.cjs')
const { classes } = require('../errors/classes.cjs')
const { findDaemon } = require('./find.cjs')
const { Mailbox } = require('./mailbox.cjs')

const START_MILLISECONDS = 30_000
const STOP_MILLISECONDS = 10_000
/** What leaves room for the socket's name in the 107 bytes of its path. */
const LONGEST_DIRECTORY = 80

const DEFAULTS = {
  AUTH_DATABASE_URL: 'memory:',
  AUTH_BCRYPT_COST: '4',
  AUTH_COMMON_PASSWORDS: 'allow',
  AUTH_EMAIL_SINK: 'socket',
  AUTH_EMAIL_LIMITS: 'false',
  AUTH_THROTTLE: 'false',
}
const FOREIGN = /^(AUTH_|MVP_AUTH|LISTEN_|NOTIFY_|WATCHDOG_|(RUNTIME|STATE|CREDENTIALS)_DIRECTORY$)/

// Ends the daemon at the first line, or at the end of the pipe: so it ends with the process that holds the other end,
// however that ends.
const KEEPER = `
"$0" "$@" </dev/null & child=$!
exec >/dev/null
read -r _
kill -TERM "$child"
wait "$child"
`

/** A private `mvp-authd` in a directory of its own: see `testing.d.ts`. */
class Daemon {
  #process
  #mailbox
  #removal = () => fs.rmSync(this.directory, { recursive: true, force: true })

  constructor(settings = {}) {
    this.binary = findDaemon()
    this.settings = { ...DEFAULTS, ...settings }
    this.directory = newDirectory()
    this.socket = path.join(this.directory, 'run', 'mvp-auth.sock')
    this.#mailbox = new Mailbox(this.socket)
    process.once('exit', this.#removal)
  }

  /** Starts the daemon; returns when it serves. */
  async start() {
    if (this.#process !== undefined) return this
    const log = fs.openSync(path.join(this.directory, 'log'), 'a')
    const child = spawn('/bin/sh', ['-c', KEEPER, this.binary], {
      stdio: ['pipe', 'pipe', log], env: this.#environment(), detached: true,
    })
    fs.closeSync(log)
    child.stdin.on('error', () => {})
    this.#process = child
    if (!(await reportsReady(child))) {
      const said = this.log().trim().split('\n').slice(-3).join(' ')
      await this.stop()
      throw new classes.ConfigurationError(`${this.binary} did not start: ${said}`)
    }
    // A test that forgets to stop the daemon ends all the same, and the daemon with it.
    for (const handle of [child, child.stdin, child.stdout]) handle.unref()
    return this
  }

  /** Stops the daemon. What it keeps in files is there for the next `start`. */
  async stop() {
    await this.#mailbox.close()
    const child = this.#process
    if (child === undefined) return
    this.#process = undefined
    child.ref()
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.stdin.end('\n')
    const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), STOP_MILLISECONDS)
    await ended
    clearTimeout(timer)
  }

  /** Stops the daemon and removes its directory. */
  async close() {
    await this.stop()
    process.off('exit', this.#removal)
    this.#removal()
  }

  /** A client of this daemon, to be closed by the caller. */
  client(options) {
    return new Client({ ...options, socket: this.socket })
  }

  /** What the daemon has logged. */
  log() {
    return fs.readFileSync(path.join(this.directory, 'log'), 'utf8')
  }

  /** The messages that came here so far. */
  get emails() {
    return this.#process === undefined ? this.#mailbox.emails : this.#mailbox.open()
  }

  /** The latest message to an address, which may still be under way. */
  async email(to, { event, timeout = 10_000 } = {}) {
    const deadline = performance.now() + timeout
    for (;;) {
      const sent = this.emails.reverse().find((email) => email.email === to && (event ?? email.event) === email.event)
      if (sent !== undefined) return sent
      if (performance.now() >= deadline) {
        throw new classes.DeadlineExceededError(`No message to ${to} came within ${timeout} ms.`)
      }
      await sleep(10)
    }
  }

  #environment() {
    const inherited = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name))
    return {
      ...Object.fromEntries(inherited),
      MVP_AUTH_RUNTIME_DIR: path.join(this.directory, 'run'),
      MVP_AUTH_STATE_DIR: path.join(this.directory, 'state'),
      ...this.settings,
    }
  }
}

function newDirectory() {
  let directory = fs.mkdtempSync(path.join(os.tmpdir(), 'mvp-auth-'))
  if (Buffer.byteLength(directory) > LONGEST_DIRECTORY) {
    fs.rmdirSync(directory)
    directory = fs.mkdtempSync('/tmp/mvp-auth-')
  }
  for (const name of ['run', 'state']) fs.mkdirSync(path.join(directory, name), { mode: 0o700 })
  return directory
}

/** Whether the daemon printed its line before it ended or the time was over. */
function reportsReady(child) {
  return new Promise((resolve) => {
    let said = ''
    const finish = (isReady) => {
      clearTimeout(timer)
      child.stdout.removeAllListeners('data')
      child.stdout.resume()
      resolve(isReady)
    }
    const timer = setTimeout(() => finish(false), START_MILLISECONDS)
    child.stdout.on('data', (data) => {
      said += data
      if (said.includes('\n')) finish(true)
    })
    child.stdout.once('end', () => finish(false))
    child.once('error', () => finish(false))
  })
}

/** Starts a private daemon: the real thing, with its accounts in memory. */
async function startDaemon(settings) {
  const daemon = new Daemon(settings)
  try {
    return await daemon.start()
  } catch (error) {
    await daemon.close()
    throw error
  }
}

disposable(Daemon, (daemon) => daemon.close())

module.exports = { Daemon, startDaemon }
