// Code generated from the daemon's catalogue by "make generate". DO NOT EDIT.

package mvpauth

import (
	"context"
	"fmt"
	"io"
	"time"
)

// Version is the daemon's version that this file was generated from.
const Version = "0.1.0"

// The errors of the daemon.
const (
	// InvalidVerificationToken says: Invalid verification token
	InvalidVerificationToken Code = "INVALID_VERIFICATION_TOKEN"
	// InvalidCredentials says: Invalid credentials
	InvalidCredentials Code = "INVALID_CREDENTIALS"
	// TokenExpired says: Token has expired
	TokenExpired Code = "TOKEN_EXPIRED"
	// TokenInvalid says: Token is invalid
	TokenInvalid Code = "TOKEN_INVALID"
	// TokenRevoked says: Token has been revoked
	TokenRevoked Code = "TOKEN_REVOKED"
	// TokenReuse says: Refresh token reuse detected
	TokenReuse Code = "TOKEN_REUSE"
	// EmailNotVerified says: Email not verified
	EmailNotVerified Code = "EMAIL_NOT_VERIFIED"
	// UserInactive says: The user is inactive.
	UserInactive Code = "USER_INACTIVE"
	// UserNotFound says: User not found
	UserNotFound Code = "USER_NOT_FOUND"
	// SessionNotFound says: Session not found
	SessionNotFound Code = "SESSION_NOT_FOUND"
	// UserExists says: User already exists
	UserExists Code = "USER_EXISTS"
	// AlreadyVerified says: Email is already verified
	AlreadyVerified Code = "ALREADY_VERIFIED"
	// PasswordValidation says: The password is not acceptable.
	PasswordValidation Code = "PASSWORD_VALIDATION"
	// ValidationError says: The input is not acceptable.
	ValidationError Code = "VALIDATION_ERROR"
	// RateLimited says: Too many requests.
	RateLimited Code = "RATE_LIMITED"
	// ShuttingDown says: The server is shutting down.
	ShuttingDown Code = "SHUTTING_DOWN"
	// NotReady says: The server is not ready.
	NotReady Code = "NOT_READY"
	// Overloaded says: The server is overloaded.
	Overloaded Code = "OVERLOADED"
	// DeadlineExceeded says: The deadline has passed.
	DeadlineExceeded Code = "DEADLINE_EXCEEDED"
	// PermissionDenied says: Permission denied.
	PermissionDenied Code = "PERMISSION_DENIED"
	// MessageTooLarge says: The message is too large.
	MessageTooLarge Code = "MESSAGE_TOO_LARGE"
	// BatchTooLarge says: The batch is too large.
	BatchTooLarge Code = "BATCH_TOO_LARGE"
	// UnsupportedProtocol says: The protocol version is not supported.
	UnsupportedProtocol Code = "UNSUPPORTED_PROTOCOL"
	// StorageUnavailable says: The storage is unavailable.
	StorageUnavailable Code = "STORAGE_UNAVAILABLE"
	// Cancelled says: The call was cancelled.
	Cancelled Code = "CANCELLED"
	// ParseError says: Parse error.
	ParseError Code = "PARSE_ERROR"
	// InvalidRequest says: Invalid request.
	InvalidRequest Code = "INVALID_REQUEST"
	// MethodNotFound says: Method not found.
	MethodNotFound Code = "METHOD_NOT_FOUND"
	// InvalidParams says: Invalid params.
	InvalidParams Code = "INVALID_PARAMS"
	// InternalError says: Internal error.
	InternalError Code = "INTERNAL_ERROR"
)

// knownErrors has every error of the daemon.
var knownErrors = []errorInfo{
	{InvalidVerificationToken, 40001, 400, false, "Invalid verification token"},
	{InvalidCredentials, 40101, 401, false, "Invalid credentials"},
	{TokenExpired, 40102, 401, false, "Token has expired"},
	{TokenInvalid, 40103, 401, false, "Token is invalid"},
	{TokenRevoked, 40104, 401, false, "Token has been revoked"},
	{TokenReuse, 40105, 401, false, "Refresh token reuse detected"},
	{EmailNotVerified, 40301, 403, false, "Email not verified"},
	{UserInactive, 40302, 403, false, "The user is inactive."},
	{UserNotFound, 40401, 404, false, "User not found"},
	{SessionNotFound, 40402, 404, false, "Session not found"},
	{UserExists, 40901, 409, false, "User already exists"},
	{AlreadyVerified, 40902, 409, false, "Email is already verified"},
	{PasswordValidation, 42201, 422, false, "The password is not acceptable."},
	{ValidationError, 42202, 422, false, "The input is not acceptable."},
	{RateLimited, 42901, 429, true, "Too many requests."},
	{ShuttingDown, -32001, 503, true, "The server is shutting down."},
	{NotReady, -32002, 503, true, "The server is not ready."},
	{Overloaded, -32003, 503, true, "The server is overloaded."},
	{DeadlineExceeded, -32004, 504, true, "The deadline has passed."},
	{PermissionDenied, -32005, 403, false, "Permission denied."},
	{MessageTooLarge, -32006, 413, false, "The message is too large."},
	{BatchTooLarge, -32007, 413, false, "The batch is too large."},
	{UnsupportedProtocol, -32008, 400, false, "The protocol version is not supported."},
	{StorageUnavailable, -32010, 503, true, "The storage is unavailable."},
	{Cancelled, -32800, 499, false, "The call was cancelled."},
	{ParseError, -32700, 400, false, "Parse error."},
	{InvalidRequest, -32600, 400, false, "Invalid request."},
	{MethodNotFound, -32601, 404, false, "Method not found."},
	{InvalidParams, -32602, 422, false, "Invalid params."},
	{InternalError, -32603, 500, false, "Internal error."},
}

// knownMethods has every method of the daemon.
var knownMethods = []methodInfo{
	{"user.register", true, false, "client", []string{"email", "password", "ip_address"}},
	{"auth.login", true, false, "client", []string{"email", "password", "device_info", "ip_address", "remember_device", "device_token"}},
	{"auth.refresh", false, false, "client", []string{"refresh_token", "device_info", "ip_address"}},
	{"auth.logout", false, false, "client", []string{"access_token", "refresh_token"}},
	{"auth.logout_all", false, false, "client", []string{"access_token", "user_id"}},
	{"user.get_current_user", false, true, "client", []string{"access_token", "user_id"}},
	{"user.find", false, true, "trusted", []string{"email"}},
	{"user.verify_email", false, false, "client", []string{"token"}},
	{"user.resend_verification", false, false, "client", []string{"email"}},
	{"password.forgot_password", false, false, "client", []string{"email"}},
	{"password.reset_password", true, false, "client", []string{"token", "new_password"}},
	{"password.change_password", true, false, "client", []string{"access_token", "current_password", "new_password", "user_id"}},
	{"session.list", false, true, "client", []string{"access_token", "user_id"}},
	{"session.revoke", false, false, "client", []string{"access_token", "session_id", "user_id"}},
	{"user.events", false, true, "client", []string{"access_token", "user_id", "limit"}},
	{"token.verify", false, true, "client", []string{"access_token"}},
	{"hooks.subscribe", false, false, "hooks", []string{"events", "prefetch", "ack_timeout_ms"}},
	{"hooks.ack", false, true, "hooks", []string{"delivery_id", "status", "delay_ms", "reason"}},
	{"hooks.unsubscribe", false, true, "hooks", []string{"subscription"}},
	{"admin.list_users", false, true, "admin", []string{"query", "status", "cursor", "limit"}},
	{"admin.get_user", false, true, "admin", []string{"user_id", "email"}},
	{"admin.create_user", true, false, "admin", []string{"email", "password", "password_hash", "is_verified", "is_active", "id", "created_at"}},
	{"admin.update_user", false, false, "admin", []string{"user_id", "email", "is_verified", "is_active"}},
	{"admin.set_password", true, false, "admin", []string{"user_id", "password"}},
	{"admin.sign_out", false, false, "admin", []string{"user_id", "session_id"}},
	{"admin.unblock", false, true, "admin", []string{"user_id"}},
	{"admin.delete_user", false, false, "admin", []string{"user_id", "email"}},
	{"admin.list_sessions", false, true, "admin", []string{"user_id", "app", "cursor", "limit"}},
	{"admin.list_apps", false, true, "admin", []string{}},
	{"admin.import_users", true, true, "admin", []string{"users", "dry_run", "on_conflict"}},
	{"admin.export_users", false, true, "admin", []string{"cursor", "limit", "with_hashes"}},
	{"admin.query_audit", false, true, "admin", []string{"user_id", "event", "app", "since", "until", "cursor", "limit"}},
	{"hooks.list_mailbox", false, true, "hooks", []string{}},
	{"admin.list_messages", false, true, "admin", []string{"state", "kind", "user_id", "cursor", "limit"}},
	{"admin.get_message", false, true, "admin", []string{"message_id"}},
	{"admin.retry_message", false, false, "admin", []string{"message_id"}},
	{"admin.drop_message", false, true, "admin", []string{"message_id"}},
	{"admin.send_test_message", false, false, "admin", []string{"email", "app"}},
	{"system.hello", false, true, "any", []string{"protocol", "client", "roles"}},
	{"system.ping", false, true, "any", []string{}},
	{"system.info", false, true, "any", []string{}},
	{"system.health", false, true, "any", []string{}},
	{"system.cancel", false, true, "any", []string{"id"}},
	{"rpc.discover", false, true, "any", []string{}},
	{"system.stats", false, true, "admin", []string{}},
	{"system.metrics", false, true, "admin", []string{}},
	{"system.reload", false, false, "admin", []string{}},
	{"system.drain", false, false, "admin", []string{}},
	{"system.set_log_level", false, false, "admin", []string{"level"}},
	{"system.purge_expired", false, true, "admin", []string{}},
}

// User is an account.
type User struct {
	// The user: a UUID, written in lower case.
	ID string `json:"id"`
	// The address of the account.
	Email string `json:"email"`
	// Whether the account may be used.
	IsActive bool `json:"is_active"`
	// Whether the address has been proved.
	IsVerified bool `json:"is_verified"`
	// When the account was created.
	CreatedAt time.Time `json:"created_at"`
	// When the account was last changed.
	UpdatedAt time.Time `json:"updated_at"`
}

func (v *User) isComplete() bool {
	return v.ID != "" && !v.CreatedAt.IsZero() && !v.UpdatedAt.IsZero()
}

// TokenPair is a session's tokens.
type TokenPair struct {
	// A living access token.
	AccessToken string `json:"access_token"`
	// A refresh token: it works once.
	RefreshToken string `json:"refresh_token"`
	// Always `bearer` (RFC 6750).
	TokenType string `json:"token_type"`
	// For how many seconds the access token lives.
	ExpiresIn int64 `json:"expires_in"`
	// After a login with `remember_device`: to be sent with the next login from this device, and kept like a refresh token. It signs nobody in; strangers' failures do not keep the device out.
	DeviceToken string `json:"device_token,omitempty"`
}

func (v *TokenPair) isComplete() bool {
	return v.AccessToken != "" && v.RefreshToken != ""
}

// Format writes no secret, whatever the verb.
func (v TokenPair) Format(state fmt.State, _ rune) {
	io.WriteString(state, "TokenPair{secret}")
}

// Message says that something was done.
type Message struct {
	// What was done, for people.
	Message string `json:"message"`
}

// LogoutAllReply says how many sessions were ended.
type LogoutAllReply struct {
	// What was done, for people.
	Message string `json:"message"`
	// How many sessions were ended.
	Revoked int64 `json:"revoked"`
}

// Session is a signed-in device.
type Session struct {
	// The session: a UUID, written in lower case.
	ID string `json:"id"`
	// The device, as whoever signed in described it.
	DeviceInfo string `json:"device_info,omitempty"`
	// The address from which the session was last used.
	IPAddress string `json:"ip_address,omitempty"`
	// When it was begun.
	CreatedAt time.Time `json:"created_at"`
	// When it ends unless it is used before.
	ExpiresAt time.Time `json:"expires_at"`
	// Whether the session was ended.
	IsRevoked bool `json:"is_revoked"`
	// When it was begun or last refreshed.
	LastUsedAt time.Time `json:"last_used_at"`
	// Whether the call was made from this session.
	Current bool `json:"current"`
}

func (v *Session) isComplete() bool {
	return v.ID != "" && !v.CreatedAt.IsZero() && !v.ExpiresAt.IsZero() && !v.LastUsedAt.IsZero()
}

// Event is something that was done with an account.
type Event struct {
	// When it happened.
	At time.Time `json:"at"`
	// What happened, such as `login.succeeded`, `login.failed` or `password.changed`.
	Event string `json:"event"`
	// `success` or `failure`.
	Outcome string `json:"outcome"`
	// The app that asked for it.
	App string `json:"app"`
	// From which address, if the app said so.
	Source string `json:"source,omitempty"`
	// The device, as whoever signed in described it; absent once its session is forgotten.
	DeviceInfo string `json:"device_info,omitempty"`
}

func (v *Event) isComplete() bool {
	return !v.At.IsZero()
}

// TokenPayload is the claims of a living access token.
type TokenPayload struct {
	// The user: a UUID, written in lower case.
	Sub string `json:"sub"`
	// The identifier of the token.
	JTI string `json:"jti"`
	// Always `access`.
	Type string `json:"type"`
	// The session: a UUID, written in lower case. Absent on tokens of the Python library.
	SessionID string `json:"session_id,omitempty"`
	// When the token was made, in seconds since 1970.
	Iat int64 `json:"iat"`
	// When the token expires, in seconds since 1970.
	Exp int64 `json:"exp"`
	// The issuer, on a service that has one.
	Iss string `json:"iss,omitempty"`
	// The audience, on a service that has one.
	Aud string `json:"aud,omitempty"`
	// The application for which the token was made.
	App string `json:"app,omitempty"`
}

func (v *TokenPayload) isComplete() bool {
	return v.Sub != ""
}

// SubscribeHooksReply says what a call answers.
type SubscribeHooksReply struct {
	// The subscription. It ends with the connection.
	Subscription string `json:"subscription"`
}

// AcknowledgeHookReply says what a call answers.
type AcknowledgeHookReply struct {
	// True when there is no such delivery any more: it was made again, or ended, and nothing was changed.
	Stale *bool `json:"stale,omitempty"`
}

// Emails says what a call answers.
type Emails struct {
	// The message.
	ID string `json:"id"`
	// What it is about: one of the events that `hooks.subscribe` knows.
	Event string `json:"event"`
	// Where it goes.
	Email string `json:"email"`
	// Which attempt this was, from 1.
	Attempt int64 `json:"attempt"`
	// The app that caused it.
	App string `json:"app,omitempty"`
	// When it was handed out last.
	HandedOutAt time.Time `json:"handed_out_at"`
	// Until when it is worth sending.
	ExpiresAt time.Time `json:"expires_at"`
	// What proves the address. Notices and tests have none.
	Token string `json:"token,omitempty"`
	// Where the person is to go; it holds the token.
	Link string `json:"link,omitempty"`
}

func (v *Emails) isComplete() bool {
	return v.ID != "" && !v.HandedOutAt.IsZero() && !v.ExpiresAt.IsZero()
}

// Format writes no secret, whatever the verb.
func (v Emails) Format(state fmt.State, _ rune) {
	io.WriteString(state, "Emails{secret}")
}

// ListMailboxReply says what a call answers.
type ListMailboxReply struct {
	// The last hundred that were handed out, the newest first.
	Emails []Emails `json:"emails"`
}

// Server is a program and its version.
type Server struct {
	// The name of the program.
	Name string `json:"name"`
	// The version of the program.
	Version string `json:"version"`
}

// Peer is a caller, by the kernel and by configuration.
type Peer struct {
	// The user of the caller, by the kernel.
	UID int64 `json:"uid"`
	// The group of the caller, by the kernel.
	GID int64 `json:"gid"`
	// The application for which the peer speaks.
	App string `json:"app"`
	// The roles of the connection.
	Roles []string `json:"roles"`
}

// HelloReply says what the daemon says of itself and of its caller.
type HelloReply struct {
	// The version of the protocol that is spoken.
	Protocol int64 `json:"protocol"`
	// The program that answers.
	Server Server `json:"server"`
	// The daemon's process: another one after each start.
	InstanceID string `json:"instance_id"`
	// Who the caller is.
	Peer Peer `json:"peer"`
	// What the server accepts from the peer.
	Limits map[string]int64 `json:"limits"`
	// What the server can do besides the methods.
	Capabilities []string `json:"capabilities"`
	// The SHA-256 of what `rpc.discover` answers, in hexadecimal.
	OpenRPCSHA256 string `json:"openrpc_sha256"`
}

// PingReply says that the daemon lives.
type PingReply struct {
	// Always true.
	Pong bool `json:"pong"`
}

// Policy is the rules that the daemon enforces.
type Policy struct {
	// The fewest characters of a new password.
	MinPasswordLength int64 `json:"min_password_length"`
	// The most characters of a new password.
	MaxPasswordLength int64 `json:"max_password_length"`
	// Whether an address must be proved before anybody can sign in with it.
	RequireEmailVerification bool `json:"require_email_verification"`
	// For how long an access token lives.
	AccessTokenSeconds int64 `json:"access_token_seconds"`
	// For how long a refresh token can be used.
	RefreshTokenSeconds int64 `json:"refresh_token_seconds"`
	// For how long a link that proves an address works.
	VerificationTokenSeconds int64 `json:"verification_token_seconds"`
	// For how long a link that resets a password works.
	ResetTokenSeconds int64 `json:"reset_token_seconds"`
	// How tokens are signed.
	Algorithm string `json:"algorithm"`
	// How new passwords are hashed.
	PasswordAlgorithm string `json:"password_algorithm"`
	// What happens to a new password that is a common one: `refuse` or `allow`.
	CommonPasswords string `json:"common_passwords"`
}

// InfoReply says what is running.
type InfoReply struct {
	// The program that answers.
	Server Server `json:"server"`
	// The versions of the protocol that can be spoken.
	Protocol []int64 `json:"protocol"`
	// The daemon's process: another one after each start.
	InstanceID string `json:"instance_id"`
	// When the daemon started.
	StartedAt time.Time `json:"started_at"`
	// For how long the daemon has been running.
	UptimeSeconds int64 `json:"uptime_seconds"`
	// The kind of the store: `sqlite`, `postgresql` or `memory`.
	Store string `json:"store"`
	// The rules that the daemon goes by.
	Policy Policy `json:"policy"`
}

func (v *InfoReply) isComplete() bool {
	return !v.StartedAt.IsZero()
}

// Messages says what a call answers.
type Messages struct {
	// Messages that wait or are being handed over; counted up to 10000.
	Pending int64 `json:"pending"`
	// Messages that were given up within the last day; counted up to 10000.
	Dead int64 `json:"dead"`
	// For how long the oldest of those that are pending has been there.
	OldestSeconds *int64 `json:"oldest_seconds,omitempty"`
	// Whether anybody is subscribed to this daemon who sends messages.
	Subscribed bool `json:"subscribed"`
}

// HealthReply says that calls can be served.
type HealthReply struct {
	// Always `ok`: a service that is not well answers with an error.
	Status string `json:"status"`
	// Always `ok`: the store was asked.
	Store string `json:"store"`
	// The outbox, for callers with the role `admin`: by its length anybody else could find out whether an address has an account.
	Messages *Messages `json:"messages,omitempty"`
	// What an operator should look at, in sentences, for callers with the role `admin`. Calls are served all the same.
	Notes []string `json:"notes,omitempty"`
}

// CancelReply says whether there was such a call.
type CancelReply struct {
	// False when no such call was in flight.
	Cancelled bool `json:"cancelled"`
}

// Register creates an account and sends a verification message.
//
// Errors: [UserExists], [PasswordValidation], [ValidationError].
func (c *Client) Register(ctx context.Context, email, password string, opts ...Option) (*User, error) {
	return invoke[User](ctx, c, "user.register", params{{"email", email}, {"password", password}}, opts)
}

// Login exchanges an email address and a password for a session.
//
// Errors: [InvalidCredentials], [EmailNotVerified].
func (c *Client) Login(ctx context.Context, email, password string, device *Device, opts ...Option) (*TokenPair, error) {
	return invoke[TokenPair](ctx, c, "auth.login", params{{"email", email}, {"password", password}}.signingIn(device), opts)
}

// Refresh exchanges a refresh token for its successor; each works once.
//
// Errors: [TokenInvalid], [TokenExpired], [TokenRevoked], [TokenReuse], [UserInactive].
func (c *Client) Refresh(ctx context.Context, refreshToken string, device *Device, opts ...Option) (*TokenPair, error) {
	return invoke[TokenPair](ctx, c, "auth.refresh", params{{"refresh_token", refreshToken}}.from(device), opts)
}

// Logout ends the session of an access token or of a refresh token.
//
// Errors: [TokenInvalid], [TokenExpired], [TokenRevoked], [UserInactive].
func (c *Client) Logout(ctx context.Context, who Actor, opts ...Option) (*Message, error) {
	return invoke[Message](ctx, c, "auth.logout", params{}.by(who), opts)
}

// LogoutAll ends every session of a user.
//
// Errors: [TokenInvalid], [TokenExpired], [TokenRevoked], [UserInactive], [UserNotFound].
func (c *Client) LogoutAll(ctx context.Context, who Actor, opts ...Option) (*LogoutAllReply, error) {
	return invoke[LogoutAllReply](ctx, c, "auth.logout_all", params{}.by(who), opts)
}

// CurrentUser says whose access token this is.
//
// Errors: [TokenInvalid], [TokenExpired], [TokenRevoked], [UserInactive], [UserNotFound].
func (c *Client) CurrentUser(ctx context.Context, who Actor, opts ...Option) (*User, error) {
	return invoke[User](ctx, c, "user.get_current_user", params{}.by(who), opts)
}

// FindUser finds the account of an address, in any spelling of it, active or not.
//
// Errors: [UserNotFound].
func (c *Client) FindUser(ctx context.Context, email string, opts ...Option) (*User, error) {
	return invoke[User](ctx, c, "user.find", params{{"email", email}}, opts)
}

// VerifyEmail proves an address by the token that was sent to it.
//
// Errors: [InvalidVerificationToken], [AlreadyVerified], [UserInactive].
func (c *Client) VerifyEmail(ctx context.Context, token string, opts ...Option) (*User, error) {
	return invoke[User](ctx, c, "user.verify_email", params{{"token", token}}, opts)
}

// ResendVerification sends a new verification message, if there is such an unverified account.
//
// Errors: [ValidationError].
func (c *Client) ResendVerification(ctx context.Context, email string, opts ...Option) (*Message, error) {
	return invoke[Message](ctx, c, "user.resend_verification", params{{"email", email}}, opts)
}

// ForgotPassword sends a reset message, if there is such an account.
//
// Errors: [ValidationError].
func (c *Client) ForgotPassword(ctx context.Context, email string, opts ...Option) (*Message, error) {
	return invoke[Message](ctx, c, "password.forgot_password", params{{"email", email}}, opts)
}

// ResetPassword sets a new password by an emailed token and ends every session.
//
// Errors: [InvalidVerificationToken], [PasswordValidation], [UserInactive].
func (c *Client) ResetPassword(ctx context.Context, token, newPassword string, opts ...Option) (*Message, error) {
	return invoke[Message](ctx, c, "password.reset_password", params{{"token", token}, {"new_password", newPassword}}, opts)
}

// ChangePassword replaces the password, given the current one, and ends every session.
//
// Errors: [TokenInvalid], [TokenExpired], [TokenRevoked], [UserInactive], [UserNotFound], [InvalidCredentials], [PasswordValidation].
func (c *Client) ChangePassword(ctx context.Context, who Actor, currentPassword, newPassword string, opts ...Option) (*Message, error) {
	return invoke[Message](ctx, c, "password.change_password", params{{"current_password", currentPassword}, {"new_password", newPassword}}.by(who), opts)
}

// Sessions lists the live sessions of a user, the latest used first.
//
// Errors: [TokenInvalid], [TokenExpired], [TokenRevoked], [UserInactive], [UserNotFound].
func (c *Client) Sessions(ctx context.Context, who Actor, opts ...Option) ([]Session, error) {
	return invokeList[Session](ctx, c, "session.list", params{}.by(who), opts)
}

// RevokeSession ends one session of the user.
//
// Errors: [TokenInvalid], [TokenExpired], [TokenRevoked], [UserInactive], [UserNotFound], [SessionNotFound].
func (c *Client) RevokeSession(ctx context.Context, who Actor, sessionID string, opts ...Option) (*Message, error) {
	return invoke[Message](ctx, c, "session.revoke", params{{"session_id", sessionID}}.by(who), opts)
}

// Events lists what was done with one's own account lately, the newest first.
//
// Errors: [TokenInvalid], [TokenExpired], [TokenRevoked], [UserInactive], [UserNotFound].
func (c *Client) Events(ctx context.Context, who Actor, opts ...Option) ([]Event, error) {
	return invokeList[Event](ctx, c, "user.events", params{}.by(who), opts)
}

// Verify says whether an access token is alive, and its claims.
//
// Errors: [TokenInvalid], [TokenExpired], [TokenRevoked], [UserInactive].
func (c *Client) Verify(ctx context.Context, accessToken string, opts ...Option) (*TokenPayload, error) {
	return invoke[TokenPayload](ctx, c, "token.verify", params{{"access_token", accessToken}}, opts)
}

// Ping answers.
func (c *Client) Ping(ctx context.Context, opts ...Option) (*PingReply, error) {
	return invoke[PingReply](ctx, c, "system.ping", params{}, opts)
}
