internal import MVPAuth

extension AuthPolicy {
    private enum CommonPasswordRule: String, CaseIterable, Sendable { case refuse, allow }
    private enum Profile: String, CaseIterable, Sendable { case standard = "default", nist }

    init(reading value: SettingSource) {
        self.init()
        readTokens(value)
        readSessions(value)
        readPasswords(value)
        value.begin("Audit")
        auditDays = value(
            .integer(
                "AUTH_AUDIT_DAYS",
                "How long it is kept who did what; with 0 nothing is noted, and what was noted is removed.", 0...3650,
                default: 90))
    }

    private mutating func readTokens(_ value: SettingSource) {
        value.begin("Tokens")
        accessTokenLifetime =
            60
            * value(.integer("AUTH_ACCESS_TOKEN_EXPIRE_MINUTES", "How long access tokens live.", 1...1440, default: 15))
        refreshTokenLifetime =
            86_400
            * value(.integer("AUTH_REFRESH_TOKEN_EXPIRE_DAYS", "How long refresh tokens live.", 1...3650, default: 30))
        verificationTokenLifetime =
            3600
            * value(
                .integer(
                    "AUTH_VERIFICATION_TOKEN_EXPIRE_HOURS", "How long a verification link works.", 1...720, default: 24)
            )
        resetTokenLifetime =
            3600
            * value(.integer("AUTH_RESET_TOKEN_EXPIRE_HOURS", "How long a reset link works.", 1...72, default: 1))
        issuer = value(.text("AUTH_ISSUER", "The iss claim, written and required."))
        audience = value(.text("AUTH_AUDIENCE", "The aud claim, written and required."))
    }

    private mutating func readSessions(_ value: SettingSource) {
        value.begin("Sessions")
        let refreshDays = refreshTokenLifetime / 86_400
        sessionIdleLifetime =
            86_400
            * value(
                .integer(
                    "AUTH_SESSION_IDLE_DAYS",
                    "How long a session lives unused, and its refresh token with it; if not set, as long as that.",
                    1...3650, default: refreshDays))
        sessionAbsoluteLifetime =
            86_400
            * value(
                .integer(
                    "AUTH_SESSION_ABSOLUTE_DAYS",
                    "How long a session lives at all; at least AUTH_REFRESH_TOKEN_EXPIRE_DAYS, if not set.", 1...36_500,
                    default: max(365, refreshDays)))
        reuseEnds = value(
            .choice(
                "AUTH_REUSE_REVOKES", "Whose sessions end when a used refresh token comes back.", default: .user))
        refreshLeeway = value(
            .integer(
                "AUTH_REFRESH_LEEWAY_SECONDS", "How long a used refresh token gets the same successor.", 0...60,
                default: 0))
        maximumSessionsPerUser = Int(
            value(
                .integer(
                    "AUTH_MAX_SESSIONS_PER_USER",
                    "How many sessions a user may have; the least recently used ends.", 1...1000, default: 100)))
    }

    private mutating func readPasswords(_ value: SettingSource) {
        value.begin("Accounts and passwords")
        requiresVerifiedEmail = value(
            .flag(
                "AUTH_REQUIRE_EMAIL_VERIFICATION",
                "Refuses logins until the address is verified. Needs somewhere for emails to go."))
        let profile = value(
            .choice(
                "AUTH_PROFILE",
                "nist raises the minimum password length to 15, and asks no password after 100 failures until it is reset.",
                default: Profile.standard))
        let length = Int(
            value(
                .integer(
                    "AUTH_MIN_PASSWORD_LENGTH",
                    "In characters: Unicode scalars after NFC. The maximum is 128, and 1024 bytes.", 1...64,
                    default: profile == .nist ? 15 : 8)))
        if profile == .nist { throttle.disablingFailures = 100 }
        password = PasswordPolicy(minimumLength: profile == .nist ? max(15, length) : length)
        let common = value(
            .choice(
                "AUTH_COMMON_PASSWORDS",
                "What happens to a new password that is among the 6 000 most common ones.",
                default: CommonPasswordRule.refuse))
        password.refusesCommon = common == .refuse
        value.clarify("AUTH_MIN_PASSWORD_LENGTH", "\(password.minimumLength)")
    }
}
