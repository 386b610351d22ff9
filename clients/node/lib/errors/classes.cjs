'use strict'

const { MvpAuthError, brand } = require('./base.cjs')

/** A class of errors; what each one means stands in `index.d.ts`. */
function define(name, code, message, parent = MvpAuthError) {
  const classes = {
    [name]: class extends parent {
      static defaultCode = code
      static defaultMessage = message
    },
  }
  return brand(classes[name])
}

const TokenError = define('TokenError', 'TOKEN_ERROR', 'Token error')

const classes = {
  MvpAuthError,
  TokenError,
  TokenExpiredError: define('TokenExpiredError', 'TOKEN_EXPIRED', 'Token has expired', TokenError),
  TokenInvalidError: define('TokenInvalidError', 'TOKEN_INVALID', 'Token is invalid', TokenError),
  TokenRevokedError: define('TokenRevokedError', 'TOKEN_REVOKED', 'Token has been revoked', TokenError),
  TokenReuseError: define('TokenReuseError', 'TOKEN_REUSE', 'Refresh token reuse detected', TokenError),
  InvalidCredentialsError: define('InvalidCredentialsError', 'INVALID_CREDENTIALS', 'Invalid credentials'),
  UserNotVerifiedError: define('UserNotVerifiedError', 'EMAIL_NOT_VERIFIED', 'Email not verified'),
  UserInactiveError: define('UserInactiveError', 'USER_INACTIVE', 'The user is inactive.'),
  UserExistsError: define('UserExistsError', 'USER_EXISTS', 'User already exists'),
  AlreadyVerifiedError: define('AlreadyVerifiedError', 'ALREADY_VERIFIED', 'Email is already verified'),
  UserNotFoundError: define('UserNotFoundError', 'USER_NOT_FOUND', 'User not found'),
  SessionNotFoundError: define('SessionNotFoundError', 'SESSION_NOT_FOUND', 'Session not found'),
  InvalidPasswordError: define('InvalidPasswordError', 'PASSWORD_VALIDATION', 'The password is not acceptable.'),
  InvalidVerificationTokenError: define(
    'InvalidVerificationTokenError', 'INVALID_VERIFICATION_TOKEN', 'Invalid verification token'),
  ValidationError: define('ValidationError', 'VALIDATION_ERROR', 'The input is not acceptable.'),
  RateLimitedError: define('RateLimitedError', 'RATE_LIMITED', 'Too many requests.'),
  ServiceUnavailableError: define('ServiceUnavailableError', 'UNAVAILABLE', 'The daemon cannot be reached.'),
  DeadlineExceededError: define('DeadlineExceededError', 'DEADLINE_EXCEEDED', 'The deadline has passed.'),
  PermissionDeniedError: define('PermissionDeniedError', 'PERMISSION_DENIED', 'Permission denied.'),
  ProtocolError: define('ProtocolError', 'PROTOCOL_ERROR', "The daemon's answer cannot be understood."),
  ConfigurationError: define('ConfigurationError', 'CONFIGURATION_ERROR', 'The configuration cannot work.'),
}

/** The class of each code; codes that are not here are `MvpAuthError` itself. */
const byCode = new Map(Object.values(classes).map((cls) => [cls.defaultCode, cls]))
for (const code of ['SHUTTING_DOWN', 'NOT_READY', 'OVERLOADED', 'STORAGE_UNAVAILABLE', 'CONNECTION_LOST']) {
  byCode.set(code, classes.ServiceUnavailableError)
}
for (const code of ['PARSE_ERROR', 'INVALID_REQUEST', 'METHOD_NOT_FOUND', 'UNSUPPORTED_PROTOCOL', 'BATCH_TOO_LARGE']) {
  byCode.set(code, classes.ProtocolError)
}
for (const code of ['INVALID_PARAMS', 'MESSAGE_TOO_LARGE']) byCode.set(code, classes.ValidationError)

/** The class of a code, of the daemon's or the client's. */
function classOf(code) {
  return byCode.get(code) ?? MvpAuthError
}

module.exports = { classes, classOf }
