import { ErrorCode } from './generated'

/** What was wrong with one member of the input, by its name on the wire. */
export interface FieldError {
  readonly path: string
  readonly reason: string
}

/** What an error is made of besides its message. */
export interface ErrorDetails {
  code?: string
  number?: number
  retryable?: boolean
  retryAfter?: number | null
  executed?: boolean
  fields?: readonly FieldError[]
  requestId?: string | null
  cause?: unknown
}

/**
 * Why a call has no result: what the daemon said, or what happened on the way to it.
 *
 * `instanceof` also knows the errors of another copy of the package.
 */
export class MvpAuthError extends Error {
  constructor(message?: string, details?: ErrorDetails)
  static readonly defaultCode: string
  static readonly defaultMessage: string
  /** The stable name of the error, for example `TOKEN_EXPIRED`; a newer daemon may have others. */
  readonly code: ErrorCode | 'UNAVAILABLE' | 'CONNECTION_LOST' | (string & {})
  /** The JSON-RPC number; 0 when the daemon did not answer. */
  readonly number: number
  /** The HTTP status that stands for the error, also for codes newer than this client. */
  readonly status: number
  readonly statusCode: number
  /** Whether the message may be shown to who made the request: below 500. */
  readonly expose: boolean
  /** Whether the same call may succeed later. */
  readonly retryable: boolean
  /** In how many milliseconds it may succeed, where the daemon said so. */
  readonly retryAfter: number | null
  /** False only when it is certain that nothing was done. */
  readonly executed: boolean
  /** What was wrong with the input, member by member. */
  readonly fields: readonly FieldError[]
  /** Names the call in the daemon's log. */
  readonly requestId: string | null
}

/** A token was refused: the parent of the four errors that say why. */
export class TokenError extends MvpAuthError {}

/** The token's time is over. An access token can be had by `refresh`. */
export class TokenExpiredError extends TokenError {}

/** The token is malformed, of another kind, or not signed by this service. */
export class TokenInvalidError extends TokenError {}

/** The token's session was ended, or everything before a change of the password. */
export class TokenRevokedError extends TokenError {}

/** A refresh token was used a second time; the sessions that this endangers were ended. */
export class TokenReuseError extends TokenError {}

/** The email address or the password is wrong; which of them is not said. */
export class InvalidCredentialsError extends MvpAuthError {}

/** The service demands a verified address, and this one is not. */
export class UserNotVerifiedError extends MvpAuthError {}

/** The account was deactivated. */
export class UserInactiveError extends MvpAuthError {}

/** There is an account with this address. */
export class UserExistsError extends MvpAuthError {}

/** The address was verified before. */
export class AlreadyVerifiedError extends MvpAuthError {}

/** There is no such user. */
export class UserNotFoundError extends MvpAuthError {}

/** The user has no such session. */
export class SessionNotFoundError extends MvpAuthError {}

/** The new password is not acceptable; `fields` says why. */
export class InvalidPasswordError extends MvpAuthError {}

/** The token of a verification or reset message is wrong, too old, or used. */
export class InvalidVerificationTokenError extends MvpAuthError {}

/** The input is not acceptable; `fields` says what of it, and why. */
export class ValidationError extends MvpAuthError {}

/** Too many attempts. `retryAfter` says in how many milliseconds to come back. */
export class RateLimitedError extends MvpAuthError {}

/** The daemon cannot be reached, or cannot answer now. */
export class ServiceUnavailableError extends MvpAuthError {}

/** The call's time was over before its answer came. */
export class DeadlineExceededError extends MvpAuthError {}

/** This process lacks the role that the call needs; the message names it. */
export class PermissionDeniedError extends MvpAuthError {}

/** Client and daemon do not understand one another: the versions do not fit. */
export class ProtocolError extends MvpAuthError {}

/** The settings cannot work; the message says which, and what is allowed. */
export class ConfigurationError extends MvpAuthError {}
