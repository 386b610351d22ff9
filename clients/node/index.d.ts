import './lib/disposable'
import { ConsumerOptions, EmailConsumer, EmailEvent, EmailIterator, EmailOptions } from './lib/emails'
import { MvpAuthError } from './lib/errors'
import { MethodName, Methods, TokenPair, TokenPairJSON } from './lib/generated'
import { CallOptions, KeyedCallOptions } from './lib/options'

export * from './lib/emails'
export * from './lib/errors'
export * from './lib/generated'
export * from './lib/options'

export type Role = 'client' | 'trusted' | 'hooks' | 'admin'

export interface ClientOptions {
  /** The daemon's socket, a path or `unix:///path`. Without it `MVP_AUTH_SOCKET`, else where the daemon puts it. */
  socket?: string | URL | undefined
  /** Milliseconds that a call may take in all. Without it 5000, and 15000 for calls that hash a password. */
  timeout?: number | undefined
  /** Whose socket it must be, besides root's and this user's. Without it the owner's of the socket's directory. */
  daemonUid?: number | undefined
  /** The roles to keep, the others are given up; `['client']` is what an app needs that always has a token. */
  roles?: readonly Role[] | undefined
  /** What the daemon's log calls the client. */
  name?: string | undefined
}

/** What a client knows about one of its connections. */
export interface ConnectionInfo {
  /** What the daemon calls this application. */
  readonly app: string | null
  /** The daemon's process: another one after each of its starts. */
  readonly instanceId: string | null
  /** How many calls wait for their answer. */
  readonly inFlight: number
  /** How many answers came that nobody waited for any more. */
  readonly unknownReplies: number
  /** Whether new calls use it; another one still waits for its last answers. */
  readonly isReady: boolean
}

/**
 * A client of the daemon. One serves a whole process: any number of calls may be made at the same time, and a lost
 * connection comes back by itself. It connects with the first call, and lets the process end when none waits.
 *
 * ```js
 * const auth = new Client()
 * const pair = await auth.login({ email, password })
 * const user = await auth.currentUser({ accessToken: pair.accessToken })
 * ```
 */
export class Client {
  constructor(options?: ClientOptions | string | URL)
  /** Calls any method by its name and gives its result as JSON has it. */
  call(method: MethodName | (string & {}), params?: object, options?: KeyedCallOptions): Promise<any>
  /** Returns when the daemon can be reached and its store works; waits for that. */
  ready(options?: CallOptions): Promise<void>
  /** The emails that are to be sent, for `for await`. Needs the role `hooks`. */
  emails(options?: EmailOptions): EmailIterator
  /**
   * Sends emails by the handler, at most `prefetch` at a time. What it returns from is sent, what it throws on is
   * tried again, what it throws `DropEmail` on is dropped. Needs the role `hooks`.
   */
  onEmail(handler: (email: EmailEvent) => unknown, options?: ConsumerOptions): EmailConsumer
  /** Closes every connection; the next call connects again. Calls that wait fail. */
  disconnect(): void
  /** Ends everything, for ever; calls that wait fail. May be called twice. */
  close(): Promise<void>
  /** The connections, for the curious. */
  readonly connections: readonly ConnectionInfo[]
  [Symbol.asyncDispose](): Promise<void>
}
export interface Client extends Methods {}

export interface TokenSourceOptions {
  /**
   * Called with each new pair, before anybody gets its token: save it here. While it fails nobody gets the token, and
   * it is called again.
   */
  onUpdate?: ((pair: TokenPair) => unknown) | undefined
  /** Called once, with the error, when the session is over. */
  onLost?: ((error: MvpAuthError) => unknown) | undefined
  /** How many milliseconds ago the pair was made; `Infinity` when that is not known. */
  age?: number | undefined
  /** For several processes that share one stored pair: runs the work while no other of them does. */
  lock?: (<T>(work: () => Promise<T>) => Promise<T>) | undefined
  /** Gives the pair that is stored now. Called inside `lock`. */
  load?: (() => StoredPair | null | undefined | Promise<StoredPair | null | undefined>) | undefined
}

/** A pair as it was answered, or as its JSON was read again. */
export type StoredPair = TokenPair | TokenPairJSON

/**
 * Gives a living access token, and refreshes the pair behind it when that is due: once however many ask, and saved
 * before anybody gets it. Time is counted since the pair came, by a clock that nobody sets.
 */
export class TokenSource {
  constructor(client: Pick<Client, 'refresh' | 'verify'>, pair: StoredPair, options?: TokenSourceOptions)
  /** The pair of this moment. Its access token may be old. */
  readonly pair: TokenPair
  /** Whether the session is over. */
  readonly isLost: boolean
  /**
   * A living access token. A refresh that fails for a passing reason is not noticed before the old one has expired.
   * The signal ends the wait, never the refresh.
   */
  accessToken(options?: { signal?: AbortSignal }): Promise<string>
  /** Refreshes the pair if that is due; with `force` in any case. Joins a refresh that is under way. */
  refresh(options?: { force?: boolean; signal?: AbortSignal }): Promise<void>
  /** Waits for a refresh that is under way, so that its pair is saved. */
  close(): Promise<void>
}

/** The version of this package. */
export const version: string
