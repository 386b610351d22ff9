// Types of what the service answers and takes. Generated from the daemon's catalogue by `make generate`.

import { CallOptions, KeyedCallOptions } from './options'

/** The stable name of an error of the daemon. */
export type ErrorCode =
  | "INVALID_VERIFICATION_TOKEN"
  | "INVALID_CREDENTIALS"
  | "TOKEN_EXPIRED"
  | "TOKEN_INVALID"
  | "TOKEN_REVOKED"
  | "TOKEN_REUSE"
  | "EMAIL_NOT_VERIFIED"
  | "USER_INACTIVE"
  | "USER_NOT_FOUND"
  | "SESSION_NOT_FOUND"
  | "USER_EXISTS"
  | "ALREADY_VERIFIED"
  | "PASSWORD_VALIDATION"
  | "VALIDATION_ERROR"
  | "RATE_LIMITED"
  | "SHUTTING_DOWN"
  | "NOT_READY"
  | "OVERLOADED"
  | "DEADLINE_EXCEEDED"
  | "PERMISSION_DENIED"
  | "MESSAGE_TOO_LARGE"
  | "BATCH_TOO_LARGE"
  | "UNSUPPORTED_PROTOCOL"
  | "STORAGE_UNAVAILABLE"
  | "CANCELLED"
  | "PARSE_ERROR"
  | "INVALID_REQUEST"
  | "METHOD_NOT_FOUND"
  | "INVALID_PARAMS"
  | "INTERNAL_ERROR"

/** The name of a method on the wire, for `call`. */
export type MethodName =
  | "user.register"
  | "auth.login"
  | "auth.refresh"
  | "auth.logout"
  | "auth.logout_all"
  | "user.get_current_user"
  | "user.find"
  | "user.verify_email"
  | "user.resend_verification"
  | "password.forgot_password"
  | "password.reset_password"
  | "password.change_password"
  | "session.list"
  | "session.revoke"
  | "user.events"
  | "token.verify"
  | "hooks.subscribe"
  | "hooks.ack"
  | "hooks.unsubscribe"
  | "admin.list_users"
  | "admin.get_user"
  | "admin.create_user"
  | "admin.update_user"
  | "admin.set_password"
  | "admin.sign_out"
  | "admin.unblock"
  | "admin.delete_user"
  | "admin.list_sessions"
  | "admin.list_apps"
  | "admin.import_users"
  | "admin.export_users"
  | "admin.query_audit"
  | "hooks.list_mailbox"
  | "admin.list_messages"
  | "admin.get_message"
  | "admin.retry_message"
  | "admin.drop_message"
  | "admin.send_test_message"
  | "system.hello"
  | "system.ping"
  | "system.info"
  | "system.health"
  | "system.cancel"
  | "rpc.discover"
  | "system.stats"
  | "system.metrics"
  | "system.reload"
  | "system.drain"
  | "system.set_log_level"
  | "system.purge_expired"

/** The name of a route of `authRouter`. */
export type RouteName =
  | "register"
  | "login"
  | "refresh"
  | "logout"
  | "logout_all"
  | "me"
  | "verify_email"
  | "resend_verification"
  | "forgot_password"
  | "reset_password"
  | "change_password"
  | "sessions"
  | "revoke_session"
  | "events"

/** An account. */
export interface UserResponse {
  /** The user: a UUID, written in lower case. */
  readonly id: string
  /** The address of the account. */
  readonly email: string
  /** Whether the account may be used. */
  readonly isActive: boolean
  /** Whether the address has been proved. */
  readonly isVerified: boolean
  /** When the account was created. */
  readonly createdAt: string
  /** When the account was last changed. */
  readonly updatedAt: string
  /** The value in the wire's words: what `JSON.stringify` makes of it. */
  toJSON(): UserResponseJSON
}

/** `UserResponse` as it is on the wire. */
export interface UserResponseJSON {
  id: string
  email: string
  is_active: boolean
  is_verified: boolean
  created_at: string
  updated_at: string
}

/** A session's tokens. */
export interface TokenPair {
  /** A living access token. */
  readonly accessToken: string
  /** A refresh token: it works once. */
  readonly refreshToken: string
  /** Always `bearer` (RFC 6750). */
  readonly tokenType: string
  /** For how many seconds the access token lives. */
  readonly expiresIn: number
  /** After a login with `remember_device`: to be sent with the next login from this device, and kept like a refresh token. It signs nobody in; strangers' failures do not keep the device out. */
  readonly deviceToken: string | null
  /** The value in the wire's words: what `JSON.stringify` makes of it. */
  toJSON(): TokenPairJSON
}

/** `TokenPair` as it is on the wire. */
export interface TokenPairJSON {
  access_token: string
  refresh_token: string
  token_type: string
  expires_in: number
  device_token: string | null
}

/** That something was done. */
export interface Message {
  /** What was done, for people. */
  readonly message: string
  /** The value in the wire's words: what `JSON.stringify` makes of it. */
  toJSON(): MessageJSON
}

/** `Message` as it is on the wire. */
export interface MessageJSON {
  message: string
}

/** How many sessions were ended. */
export interface LogoutAllReply {
  /** What was done, for people. */
  readonly message: string
  /** How many sessions were ended. */
  readonly revoked: number
  /** The value in the wire's words: what `JSON.stringify` makes of it. */
  toJSON(): LogoutAllReplyJSON
}

/** `LogoutAllReply` as it is on the wire. */
export interface LogoutAllReplyJSON {
  message: string
  revoked: number
}

/** A signed-in device. */
export interface SessionResponse {
  /** The session: a UUID, written in lower case. */
  readonly id: string
  /** The device, as whoever signed in described it. */
  readonly deviceInfo: string | null
  /** The address from which the session was last used. */
  readonly ipAddress: string | null
  /** When it was begun. */
  readonly createdAt: string
  /** When it ends unless it is used before. */
  readonly expiresAt: string
  /** Whether the session was ended. */
  readonly isRevoked: boolean
  /** When it was begun or last refreshed. */
  readonly lastUsedAt: string
  /** Whether the call was made from this session. */
  readonly current: boolean
  /** The value in the wire's words: what `JSON.stringify` makes of it. */
  toJSON(): SessionResponseJSON
}

/** `SessionResponse` as it is on the wire. */
export interface SessionResponseJSON {
  id: string
  device_info: string | null
  ip_address: string | null
  created_at: string
  expires_at: string
  is_revoked: boolean
  last_used_at: string
  current: boolean
}

/** Something that was done with an account. */
export interface EventResponse {
  /** When it happened. */
  readonly at: string
  /** What happened, such as `login.succeeded`, `login.failed` or `password.changed`. */
  readonly event: string
  /** `success` or `failure`. */
  readonly outcome: string
  /** The app that asked for it. */
  readonly app: string
  /** From which address, if the app said so. */
  readonly source: string | null
  /** The device, as whoever signed in described it; absent once its session is forgotten. */
  readonly deviceInfo: string | null
  /** The value in the wire's words: what `JSON.stringify` makes of it. */
  toJSON(): EventResponseJSON
}

/** `EventResponse` as it is on the wire. */
export interface EventResponseJSON {
  at: string
  event: string
  outcome: string
  app: string
  source: string | null
  device_info: string | null
}

/** The claims of a living access token. */
export interface TokenPayload {
  /** The user: a UUID, written in lower case. */
  readonly sub: string
  /** The identifier of the token. */
  readonly jti: string
  /** Always `access`. */
  readonly type: string
  /** The session: a UUID, written in lower case. Absent on tokens of the Python library. */
  readonly sessionId: string | null
  /** When the token was made, in seconds since 1970. */
  readonly iat: number
  /** When the token expires, in seconds since 1970. */
  readonly exp: number
  /** The issuer, on a service that has one. */
  readonly iss: string | null
  /** The audience, on a service that has one. */
  readonly aud: string | null
  /** The application for which the token was made. */
  readonly app: string | null
  /** The value in the wire's words: what `JSON.stringify` makes of it. */
  toJSON(): TokenPayloadJSON
}

/** `TokenPayload` as it is on the wire. */
export interface TokenPayloadJSON {
  sub: string
  jti: string
  type: string
  session_id: string | null
  iat: number
  exp: number
  iss: string | null
  aud: string | null
  app: string | null
}

/** What a call answers. */
export interface SubscribeHooksReply {
  /** The subscription. It ends with the connection. */
  readonly subscription: string
  /** The value in the wire's words: what `JSON.stringify` makes of it. */
  toJSON(): SubscribeHooksReplyJSON
}

/** `SubscribeHooksReply` as it is on the wire. */
export interface SubscribeHooksReplyJSON {
  subscription: string
}

/** What a call answers. */
export interface AcknowledgeHookReply {
  /** True when there is no such delivery any more: it was made again, or ended, and nothing was changed. */
  readonly stale: boolean | null
  /** The value in the wire's words: what `JSON.stringify` makes of it. */
  toJSON(): AcknowledgeHookReplyJSON
}

/** `AcknowledgeHookReply` as it is on the wire. */
export interface AcknowledgeHookReplyJSON {
  stale: boolean | null
}

/** What a call answers. */
export interface Emails {
  /** The message. */
  readonly id: string
  /** What it is about: one of the events that `hooks.subscribe` knows. */
  readonly event: string
  /** Where it goes. */
  readonly email: string
  /** Which attempt this was, from 1. */
  readonly attempt: number
  /** The app that caused it. */
  readonly app: string | null
  /** When it was handed out last. */
  readonly handedOutAt: string
  /** Until when it is worth sending. */
  readonly expiresAt: string
  /** What proves the address. Notices and tests have none. */
  readonly token: string | null
  /** Where the person is to go; it holds the token. */
  readonly link: string | null
  /** The value in the wire's words: what `JSON.stringify` makes of it. */
  toJSON(): EmailsJSON
}

/** `Emails` as it is on the wire. */
export interface EmailsJSON {
  id: string
  event: string
  email: string
  attempt: number
  app: string | null
  handed_out_at: string
  expires_at: string
  token: string | null
  link: string | null
}

/** What a call answers. */
export interface ListMailboxReply {
  /** The last hundred that were handed out, the newest first. */
  readonly emails: readonly Emails[]
  /** The value in the wire's words: what `JSON.stringify` makes of it. */
  toJSON(): ListMailboxReplyJSON
}

/** `ListMailboxReply` as it is on the wire. */
export interface ListMailboxReplyJSON {
  emails: readonly EmailsJSON[]
}

/** A program and its version. */
export interface Server {
  /** The name of the program. */
  readonly name: string
  /** The version of the program. */
  readonly version: string
  /** The value in the wire's words: what `JSON.stringify` makes of it. */
  toJSON(): ServerJSON
}

/** `Server` as it is on the wire. */
export interface ServerJSON {
  name: string
  version: string
}

/** A caller, by the kernel and by configuration. */
export interface Peer {
  /** The user of the caller, by the kernel. */
  readonly uid: number
  /** The group of the caller, by the kernel. */
  readonly gid: number
  /** The application for which the peer speaks. */
  readonly app: string
  /** The roles of the connection. */
  readonly roles: readonly string[]
  /** The value in the wire's words: what `JSON.stringify` makes of it. */
  toJSON(): PeerJSON
}

/** `Peer` as it is on the wire. */
export interface PeerJSON {
  uid: number
  gid: number
  app: string
  roles: readonly string[]
}

/** What the daemon says of itself and of its caller. */
export interface HelloReply {
  /** The version of the protocol that is spoken. */
  readonly protocol: number
  /** The program that answers. */
  readonly server: Server
  /** The daemon's process: another one after each start. */
  readonly instanceId: string
  /** Who the caller is. */
  readonly peer: Peer
  /** What the server accepts from the peer. */
  readonly limits: Record<string, number>
  /** What the server can do besides the methods. */
  readonly capabilities: readonly string[]
  /** The SHA-256 of what `rpc.discover` answers, in hexadecimal. */
  readonly openrpcSha256: string
  /** The value in the wire's words: what `JSON.stringify` makes of it. */
  toJSON(): HelloReplyJSON
}

/** `HelloReply` as it is on the wire. */
export interface HelloReplyJSON {
  protocol: number
  server: ServerJSON
  instance_id: string
  peer: PeerJSON
  limits: Record<string, number>
  capabilities: readonly string[]
  openrpc_sha256: string
}

/** That the daemon lives. */
export interface PingReply {
  /** Always true. */
  readonly pong: boolean
  /** The value in the wire's words: what `JSON.stringify` makes of it. */
  toJSON(): PingReplyJSON
}

/** `PingReply` as it is on the wire. */
export interface PingReplyJSON {
  pong: boolean
}

/** The rules that the daemon enforces. */
export interface Policy {
  /** The fewest characters of a new password. */
  readonly minPasswordLength: number
  /** The most characters of a new password. */
  readonly maxPasswordLength: number
  /** Whether an address must be proved before anybody can sign in with it. */
  readonly requireEmailVerification: boolean
  /** For how long an access token lives. */
  readonly accessTokenSeconds: number
  /** For how long a refresh token can be used. */
  readonly refreshTokenSeconds: number
  /** For how long a link that proves an address works. */
  readonly verificationTokenSeconds: number
  /** For how long a link that resets a password works. */
  readonly resetTokenSeconds: number
  /** How tokens are signed. */
  readonly algorithm: string
  /** How new passwords are hashed. */
  readonly passwordAlgorithm: string
  /** What happens to a new password that is a common one: `refuse` or `allow`. */
  readonly commonPasswords: string
  /** The value in the wire's words: what `JSON.stringify` makes of it. */
  toJSON(): PolicyJSON
}

/** `Policy` as it is on the wire. */
export interface PolicyJSON {
  min_password_length: number
  max_password_length: number
  require_email_verification: boolean
  access_token_seconds: number
  refresh_token_seconds: number
  verification_token_seconds: number
  reset_token_seconds: number
  algorithm: string
  password_algorithm: string
  common_passwords: string
}

/** What is running. */
export interface InfoReply {
  /** The program that answers. */
  readonly server: Server
  /** The versions of the protocol that can be spoken. */
  readonly protocol: readonly number[]
  /** The daemon's process: another one after each start. */
  readonly instanceId: string
  /** When the daemon started. */
  readonly startedAt: string
  /** For how long the daemon has been running. */
  readonly uptimeSeconds: number
  /** The kind of the store: `sqlite`, `postgresql` or `memory`. */
  readonly store: string
  /** The rules that the daemon goes by. */
  readonly policy: Policy
  /** The value in the wire's words: what `JSON.stringify` makes of it. */
  toJSON(): InfoReplyJSON
}

/** `InfoReply` as it is on the wire. */
export interface InfoReplyJSON {
  server: ServerJSON
  protocol: readonly number[]
  instance_id: string
  started_at: string
  uptime_seconds: number
  store: string
  policy: PolicyJSON
}

/** What a call answers. */
export interface Messages {
  /** Messages that wait or are being handed over; counted up to 10000. */
  readonly pending: number
  /** Messages that were given up within the last day; counted up to 10000. */
  readonly dead: number
  /** For how long the oldest of those that are pending has been there. */
  readonly oldestSeconds: number | null
  /** Whether anybody is subscribed to this daemon who sends messages. */
  readonly subscribed: boolean
  /** The value in the wire's words: what `JSON.stringify` makes of it. */
  toJSON(): MessagesJSON
}

/** `Messages` as it is on the wire. */
export interface MessagesJSON {
  pending: number
  dead: number
  oldest_seconds: number | null
  subscribed: boolean
}

/** That calls can be served. */
export interface HealthReply {
  /** Always `ok`: a service that is not well answers with an error. */
  readonly status: string
  /** Always `ok`: the store was asked. */
  readonly store: string
  /** The outbox, for callers with the role `admin`: by its length anybody else could find out whether an address has an account. */
  readonly messages: Messages | null
  /** What an operator should look at, in sentences, for callers with the role `admin`. Calls are served all the same. */
  readonly notes: readonly string[] | null
  /** The value in the wire's words: what `JSON.stringify` makes of it. */
  toJSON(): HealthReplyJSON
}

/** `HealthReply` as it is on the wire. */
export interface HealthReplyJSON {
  status: string
  store: string
  messages: MessagesJSON | null
  notes: readonly string[] | null
}

/** Whether there was such a call. */
export interface CancelReply {
  /** False when no such call was in flight. */
  readonly cancelled: boolean
  /** The value in the wire's words: what `JSON.stringify` makes of it. */
  toJSON(): CancelReplyJSON
}

/** `CancelReply` as it is on the wire. */
export interface CancelReplyJSON {
  cancelled: boolean
}

/** What `register` takes. */
export type RegisterParams = {
  /** The address of the account. */
  email: string
  /** The password of the account. At least 8 characters (the service may be set to want more), at most 128, not the account's address or a part of it, and none of the most common passwords, unless the service is set to allow those. */
  password: string
  /** Where the owner is: one network creates only so many accounts. */
  ipAddress?: string | null | undefined
}

/** What `login` takes. */
export type LoginParams = {
  /** The address of the account. */
  email: string
  /** The password of the account. */
  password: string
  /** The device, as the owner of the session will see it. */
  deviceInfo?: string | null | undefined
  /** The address from which the session is used. */
  ipAddress?: string | null | undefined
  /** Whether the answer is to have a `device_token`. */
  rememberDevice?: boolean | null | undefined
  /** What an earlier login from this device was answered: where others have failed too often, it is still let try. One that is not valid any more changes nothing. */
  deviceToken?: string | null | undefined
}

/** What `refresh` takes. */
export type RefreshParams = {
  /** A refresh token: it works once. */
  refreshToken: string
  /** The device, as the owner of the session will see it. */
  deviceInfo?: string | null | undefined
  /** The address from which the session is used. */
  ipAddress?: string | null | undefined
}

/** What `logout` takes. */
export type LogoutParams = (
  | { accessToken: string; refreshToken?: undefined }
  | { accessToken?: undefined; refreshToken: string }
)

/** What `logoutAll` takes. */
export type LogoutAllParams = (
  | { accessToken: string; userId?: undefined }
  | { accessToken?: undefined; userId: string }
)

/** What `currentUser` takes. */
export type CurrentUserParams = (
  | { accessToken: string; userId?: undefined }
  | { accessToken?: undefined; userId: string }
)

/** What `findUser` takes. */
export type FindUserParams = {
  /** The address of the account. */
  email: string
}

/** What `verifyEmail` takes. */
export type VerifyEmailParams = {
  /** The token that was sent to the address. */
  token: string
}

/** What `resendVerification` takes. */
export type ResendVerificationParams = {
  /** The address of the account. */
  email: string
}

/** What `forgotPassword` takes. */
export type ForgotPasswordParams = {
  /** The address of the account. */
  email: string
}

/** What `resetPassword` takes. */
export type ResetPasswordParams = {
  /** The token that was sent to the address. */
  token: string
  /** The password from now on. At least 8 characters (the service may be set to want more), at most 128, not the account's address or a part of it, and none of the most common passwords, unless the service is set to allow those. */
  newPassword: string
}

/** What `changePassword` takes. */
export type ChangePasswordParams = (
  | { accessToken: string; userId?: undefined }
  | { accessToken?: undefined; userId: string }
) & {
  /** The password that is to be replaced. */
  currentPassword: string
  /** The password from now on. At least 8 characters (the service may be set to want more), at most 128, not the account's address or a part of it, and none of the most common passwords, unless the service is set to allow those. */
  newPassword: string
}

/** What `sessions` takes. */
export type SessionsParams = (
  | { accessToken: string; userId?: undefined }
  | { accessToken?: undefined; userId: string }
)

/** What `revokeSession` takes. */
export type RevokeSessionParams = (
  | { accessToken: string; userId?: undefined }
  | { accessToken?: undefined; userId: string }
) & {
  /** The session: a UUID, written in lower case. */
  sessionId: string
}

/** What `events` takes. */
export type EventsParams = (
  | { accessToken: string; userId?: undefined }
  | { accessToken?: undefined; userId: string }
)

/** What `verify` takes. */
export type VerifyParams = {
  /** A living access token. */
  accessToken: string
}

/** An account. */
export type User = UserResponse

/** The service's methods. Times are in milliseconds. */
export interface Methods {
  /**
   * Creates an account and sends a verification message.
   * @throws `USER_EXISTS`
   * @throws `PASSWORD_VALIDATION`
   * @throws `VALIDATION_ERROR`
   */
  register(params: RegisterParams, options?: KeyedCallOptions): Promise<UserResponse>

  /**
   * Exchanges an email address and a password for a session.
   * @throws `INVALID_CREDENTIALS`
   * @throws `EMAIL_NOT_VERIFIED`
   */
  login(params: LoginParams, options?: KeyedCallOptions): Promise<TokenPair>

  /**
   * Exchanges a refresh token for its successor; each works once.
   * @throws `TOKEN_INVALID`
   * @throws `TOKEN_EXPIRED`
   * @throws `TOKEN_REVOKED`
   * @throws `TOKEN_REUSE`
   * @throws `USER_INACTIVE`
   */
  refresh(params: RefreshParams, options?: KeyedCallOptions): Promise<TokenPair>

  /**
   * Ends the session of an access token or of a refresh token.
   * @throws `TOKEN_INVALID`
   * @throws `TOKEN_EXPIRED`
   * @throws `TOKEN_REVOKED`
   * @throws `USER_INACTIVE`
   */
  logout(params: LogoutParams, options?: KeyedCallOptions): Promise<Message>

  /**
   * Ends every session of a user.
   * @throws `TOKEN_INVALID`
   * @throws `TOKEN_EXPIRED`
   * @throws `TOKEN_REVOKED`
   * @throws `USER_INACTIVE`
   * @throws `USER_NOT_FOUND`
   */
  logoutAll(params: LogoutAllParams, options?: KeyedCallOptions): Promise<LogoutAllReply>

  /**
   * Says whose access token this is.
   * @throws `TOKEN_INVALID`
   * @throws `TOKEN_EXPIRED`
   * @throws `TOKEN_REVOKED`
   * @throws `USER_INACTIVE`
   * @throws `USER_NOT_FOUND`
   */
  currentUser(params: CurrentUserParams, options?: CallOptions): Promise<UserResponse>

  /**
   * Finds the account of an address, in any spelling of it, active or not.
   * @throws `USER_NOT_FOUND`
   */
  findUser(params: FindUserParams, options?: CallOptions): Promise<UserResponse>

  /**
   * Proves an address by the token that was sent to it.
   * @throws `INVALID_VERIFICATION_TOKEN`
   * @throws `ALREADY_VERIFIED`
   * @throws `USER_INACTIVE`
   */
  verifyEmail(params: VerifyEmailParams, options?: KeyedCallOptions): Promise<UserResponse>

  /**
   * Sends a new verification message, if there is such an unverified account.
   * @throws `VALIDATION_ERROR`
   */
  resendVerification(params: ResendVerificationParams, options?: KeyedCallOptions): Promise<Message>

  /**
   * Sends a reset message, if there is such an account.
   * @throws `VALIDATION_ERROR`
   */
  forgotPassword(params: ForgotPasswordParams, options?: KeyedCallOptions): Promise<Message>

  /**
   * Sets a new password by an emailed token and ends every session.
   * @throws `INVALID_VERIFICATION_TOKEN`
   * @throws `PASSWORD_VALIDATION`
   * @throws `USER_INACTIVE`
   */
  resetPassword(params: ResetPasswordParams, options?: KeyedCallOptions): Promise<Message>

  /**
   * Replaces the password, given the current one, and ends every session.
   * @throws `TOKEN_INVALID`
   * @throws `TOKEN_EXPIRED`
   * @throws `TOKEN_REVOKED`
   * @throws `USER_INACTIVE`
   * @throws `USER_NOT_FOUND`
   * @throws `INVALID_CREDENTIALS`
   * @throws `PASSWORD_VALIDATION`
   */
  changePassword(params: ChangePasswordParams, options?: KeyedCallOptions): Promise<Message>

  /**
   * Lists the live sessions of a user, the latest used first.
   * @throws `TOKEN_INVALID`
   * @throws `TOKEN_EXPIRED`
   * @throws `TOKEN_REVOKED`
   * @throws `USER_INACTIVE`
   * @throws `USER_NOT_FOUND`
   */
  sessions(params: SessionsParams, options?: CallOptions): Promise<SessionResponse[]>

  /**
   * Ends one session of the user.
   * @throws `TOKEN_INVALID`
   * @throws `TOKEN_EXPIRED`
   * @throws `TOKEN_REVOKED`
   * @throws `USER_INACTIVE`
   * @throws `USER_NOT_FOUND`
   * @throws `SESSION_NOT_FOUND`
   */
  revokeSession(params: RevokeSessionParams, options?: KeyedCallOptions): Promise<Message>

  /**
   * Lists what was done with one's own account lately, the newest first.
   * @throws `TOKEN_INVALID`
   * @throws `TOKEN_EXPIRED`
   * @throws `TOKEN_REVOKED`
   * @throws `USER_INACTIVE`
   * @throws `USER_NOT_FOUND`
   */
  events(params: EventsParams, options?: CallOptions): Promise<EventResponse[]>

  /**
   * Says whether an access token is alive, and its claims.
   * @throws `TOKEN_INVALID`
   * @throws `TOKEN_EXPIRED`
   * @throws `TOKEN_REVOKED`
   * @throws `USER_INACTIVE`
   */
  verify(params: VerifyParams, options?: CallOptions): Promise<TokenPayload>

  /**
   * Answers.
   */
  ping(options?: CallOptions): Promise<PingReply>
}
