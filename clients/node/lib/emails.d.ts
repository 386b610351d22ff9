import './disposable'

/** An email that is to be sent, until it is settled by one of its functions. The first word counts. */
export interface EmailEvent {
  readonly deliveryId: string
  /** 1 for the first time that the email is handed out. */
  readonly attempt: number
  readonly event: 'verification_email' | 'password_reset_email' | (string & {})
  /** The address that it goes to. */
  readonly email: string
  /** The token for `verifyEmail` or `resetPassword`: whoever has it has the account. */
  readonly token: string
  readonly userId: string | null
  readonly app: string | null
  /** A link with the token in it, where the daemon knows the address of the pages. */
  readonly link: string | null
  readonly createdAt: string | null
  /** When the token ceases to work. */
  readonly expiresAt: string | null
  readonly isSettled: boolean
  /** It was sent. */
  ack(): Promise<void>
  /** It was not sent: the daemon hands it out again, by its own schedule or after `delay` milliseconds. */
  retry(options?: { delay?: number; reason?: string }): Promise<void>
  /** It is never to be sent. */
  drop(options?: { reason?: string }): Promise<void>
}

export interface EmailOptions {
  /** Ends the iterator, which rejects with the signal's reason, or stops the consumer. */
  signal?: AbortSignal | undefined
  /** Which emails; both kinds without it. */
  events?: Iterable<'verification_email' | 'password_reset_email'> | undefined
  /** How many emails are held at a time, 1 to 100; 10 without it. */
  prefetch?: number | undefined
  /** Milliseconds until an email that is not settled is handed out again; 30000 without it. */
  ackTimeout?: number | undefined
}

export interface ConsumerOptions extends EmailOptions {
  /** Told why no emails can be had, for instance that the role `hooks` is missing; a warning without it. */
  onError?: ((error: Error) => void) | undefined
}

/** The emails one after the other. `break` unsubscribes; what was not settled is handed out again. */
export interface EmailIterator extends AsyncIterableIterator<EmailEvent> {
  return(value?: unknown): Promise<IteratorResult<EmailEvent>>
}

/** Sends emails by a handler, until it is stopped. */
export interface EmailConsumer {
  /** Settled by the first subscription, or by the reason why there can be none. */
  readonly subscribed: Promise<void>
  /** No more emails; waits up to `timeout` milliseconds (10000) for the handlers that run. */
  stop(options?: { timeout?: number }): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Thrown by a handler: this email is never to be sent. Its message is what the daemon's operator reads. */
export class DropEmail extends Error {}
