internal import MVPAuth

/// The values of the documents' examples.
enum Examples {
    static let email = "ada@example.org"
    static let password = Secret("correct horse battery")
    static let newPassword = Secret("a different long phrase")
    static let userID = UserID("5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10")!
    static let sessionID = SessionID("c2a1e0f4-6d5b-4b8a-8f3c-1e2d3c4b5a69")!
    static let messageID = MessageID("7d1f2c3b-4a59-4e68-9c7d-0b1a2c3d4e5f")!
    static let subscription = "b3c4d5e6-1f20-4a3b-8c4d-5e6f70819203"
    static let instant = Timestamp("2026-03-01T12:00:00Z")!
    static let accessToken = Secret("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI1ZjBj….k3vQ")
    static let refreshToken = Secret("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI1ZjBj….Zx9w")
    static let emailToken = Secret("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI1ZjBj….p0aT")

    static let pair = TokenPair(accessToken: accessToken, refreshToken: refreshToken, expiresIn: 900)
    private static let account = User(
        id: userID, email: email, passwordHash: PasswordHash("$2b$12$"), createdAt: instant, updatedAt: instant,
        passwordChangedAt: instant)
    static let user = UserResponse(account)
    static let adminUser = AdminUser(account)
    private static let device = Session(
        id: sessionID, userID: userID, refreshTokenHash: "", deviceInfo: "Firefox on Debian",
        ipAddress: "192.0.2.7", createdAt: instant, lastUsedAt: instant, expiresAt: instant + 30 * 86_400,
        absoluteExpiresAt: instant + 365 * 86_400, accessExpiresAt: instant + 900, app: "forum")
    static let session = SessionResponse(device, current: sessionID)
    static let adminSession = AdminSession(device)
    static let payload = TokenPayload(
        Claims(
            kind: .access, subject: userID, tokenID: "9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d", issuedAt: instant.seconds,
            expiresAt: instant.seconds + 900, sessionID: sessionID))
}
