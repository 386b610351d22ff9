/// The rules that an operator sets. Durations in seconds.
public struct AuthPolicy: Sendable {
    public var accessTokenLifetime: Int64 = 15 * 60
    public var refreshTokenLifetime: Int64 = 30 * 86_400
    /// A session that is not refreshed for this long has ended.
    public var sessionIdleLifetime: Int64 = 30 * 86_400
    /// A session ends this long after its login, refreshed or not.
    public var sessionAbsoluteLifetime: Int64 = 365 * 86_400
    public var verificationTokenLifetime: Int64 = 24 * 3600
    public var resetTokenLifetime: Int64 = 3600
    public var requiresVerifiedEmail = false
    public var reuseEnds = Rotation.ReuseScope.user
    /// Within this time a refresh token may be presented again and gets the same successor. At most 60.
    public var refreshLeeway: Int64 = 0
    public var maximumSessionsPerUser = 100
    public var password = PasswordPolicy()
    public var throttle = ThrottlePolicy()
    /// Whether messages are put into the outbox at all.
    public var sendsEmail = true
    /// Whether an address gets only so many messages that anybody may ask for.
    public var limitsEmails = true
    /// Which notices the owner of an account gets.
    public var notices: Set<EmailMessage.Kind> = [.passwordChanged, .sessionsEnded]
    /// How long events are kept. 0: none is.
    public var auditDays: Int64 = 90
    public var issuer: String?
    public var audience: String?

    public init() {}

    /// How long a refresh token can be used: no longer than its session may be idle.
    package var usableRefreshLifetime: Int64 { min(refreshTokenLifetime, sessionIdleLifetime) }

    var keepsEvents: Bool { auditDays > 0 }
}
