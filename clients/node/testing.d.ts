import './lib/disposable'
import { Client, ClientOptions, EmailEvent, ErrorCode } from './index'

/** A message that an app would have sent. */
export interface SentEmail {
  readonly event: 'verification_email' | 'password_reset_email'
  readonly email: string
  /** The token for `verifyEmail` or `resetPassword`. */
  readonly token: string
}

/** A private `mvp-authd` in a directory of its own, which ends with this process. */
export interface Daemon {
  /** The path of the socket: for `MVP_AUTH_SOCKET`, or a client's option. */
  readonly socket: string
  /** A client of this daemon, to be closed by the caller. */
  client(options?: Omit<ClientOptions, 'socket'>): Client
  /**
   * The messages that came here so far. They are taken from the daemon from the moment in which this, or `email`, is
   * first asked; with an app under test that takes them itself, ask the app.
   */
  readonly emails: readonly SentEmail[]
  /** The latest message to an address, which may still be under way: waits up to `timeout` milliseconds (10000). */
  email(to: string, options?: { event?: SentEmail['event']; timeout?: number }): Promise<SentEmail>
  /** What the daemon has logged. */
  log(): string
  /** Starts it again after `stop`. */
  start(): Promise<Daemon>
  /** Stops it. What it keeps in files is there for the next `start`. */
  stop(): Promise<void>
  /** Stops it and removes its directory. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Starts a private daemon: the real thing, found by `MVP_AUTHD` or on the `PATH`.
 *
 * @param settings Its `AUTH_…` variables. Without them accounts are in memory, hashing is cheap, common passwords are
 *   allowed, and messages are kept for `email`.
 */
export function startDaemon(settings?: Record<string, string>): Promise<Daemon>

/** An address, or the members of a user that matter to the test. */
export type StubUser = string | { email?: string; id?: string; isVerified?: boolean; isActive?: boolean }

/**
 * A client without a daemon, for "this request is Ada": a bearer of a token is its user, any password signs a known
 * address in. Nothing is hashed, signed or checked: for that there is `startDaemon`.
 *
 * ```js
 * const auth = new StubAuth({ users: { 'ada-token': 'ada@example.org' } })
 * auth.failNext('auth.login', 'RATE_LIMITED', { retryAfter: 2000 })
 * ```
 */
export class StubAuth extends Client {
  constructor(options?: { users?: Record<string, StubUser> })
  /** What was asked, in order, but for `system.…`. */
  readonly calls: readonly { readonly method: string; readonly params: Record<string, unknown> }[]
  /** Lets the next call of a method fail with this code. */
  failNext(method: string, code: ErrorCode | (string & {}), options?: { retryAfter?: number }): void
  /** Hands an email to `emails` or `onEmail`, and says how it ended. */
  deliver(email: Partial<EmailEvent> & { email: string }): Promise<'success' | 'retry' | 'drop'>
}

/** What a scripted server does with a call. */
export interface Step {
  readonly members: object
  readonly bytes?: number
  readonly delay?: number
}

export const steps: {
  /** Answers with this result, as on the wire. */
  reply(result: unknown): Step
  /** Answers with the error of this code; `retryAfter` is in milliseconds. */
  error(code: ErrorCode | (string & {}), options?: { executed?: boolean; retryAfter?: number }): Step
  /** Waits for so many milliseconds before it does the next thing. */
  delay(milliseconds: number, then: Step): Step
  /** Sends so many bytes of the answer and hangs up. */
  cut(bytes: number, result: unknown): Step
  /** Closes the connection without an answer. */
  hangUp(): Step
}

/** Speaks the wire and does with each call what the script says; then it hangs up. */
export interface ScriptedServer {
  readonly socket: string
  /** The methods and params that came, in order, without hellos. */
  readonly calls: readonly { readonly method: string; readonly params: Record<string, unknown> }[]
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Starts a server that follows a script: for tests of what an app does when the daemon does not answer. */
export function startScriptedServer(script: Iterable<Step>): Promise<ScriptedServer>
