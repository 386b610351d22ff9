import AuthAPI
import Contract
import MVPAuth
import Testing

/// What existing callers parse: names, order and spelling of every answer.
@Suite("Wire shapes")
struct WireShapeTests {
    private let userID = UserID("5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10")!
    private let sessionID = SessionID("c2a1e0f4-6d5b-4b8a-8f3c-1e2d3c4b5a69")!
    private let created = Timestamp("2026-03-01T12:00:00Z")!

    @Test("A token pair")
    func tokenPair() throws {
        let pair = TokenPair(accessToken: Secret("a.b.c"), refreshToken: Secret("d.e.f"), expiresIn: 900)
        let text = #"{"access_token":"a.b.c","refresh_token":"d.e.f","token_type":"bearer","expires_in":900}"#
        #expect(try wireText(pair) == text)
    }

    @Test("A user")
    func user() throws {
        let user = User(
            id: userID, email: "ada@example.org", passwordHash: PasswordHash("*"), isActive: true, isVerified: true,
            createdAt: created, updatedAt: Timestamp("2026-03-02T08:30:01.250000Z")!, passwordChangedAt: created)
        let text = """
            {"id":"5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10","email":"ada@example.org","is_active":true,\
            "is_verified":true,"created_at":"2026-03-01T12:00:00Z","updated_at":"2026-03-02T08:30:01.250000Z"}
            """
        #expect(try wireText(UserResponse(user)) == text)
    }

    @Test("A session, with null for what is not known")
    func session() throws {
        let text = """
            {"id":"c2a1e0f4-6d5b-4b8a-8f3c-1e2d3c4b5a69","device_info":null,"ip_address":null,\
            "created_at":"2026-03-01T12:00:00Z","expires_at":"2026-03-31T12:00:00Z","is_revoked":false,\
            "last_used_at":"2026-03-01T12:00:00Z","current":true}
            """
        #expect(try wireText(SessionResponse(session(revokedAt: nil), current: sessionID)) == text)
    }

    @Test("A revoked session that is not the caller's own")
    func revokedSession() throws {
        let response = SessionResponse(
            session(device: "Firefox", address: "2001:db8::7", revokedAt: created), current: nil)
        let text = """
            {"id":"c2a1e0f4-6d5b-4b8a-8f3c-1e2d3c4b5a69","device_info":"Firefox","ip_address":"2001:db8::7",\
            "created_at":"2026-03-01T12:00:00Z","expires_at":"2026-03-31T12:00:00Z","is_revoked":true,\
            "last_used_at":"2026-03-01T12:00:00Z","current":false}
            """
        #expect(try wireText(response) == text)
    }

    @Test("The claims of a token, without the members that are not set")
    func payload() throws {
        let claims = Claims(
            kind: .access, subject: userID, tokenID: "9b1deb4d", issuedAt: 1_772_366_400, expiresAt: 1_772_367_300,
            sessionID: sessionID)
        let text = """
            {"sub":"5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10","jti":"9b1deb4d","type":"access",\
            "session_id":"c2a1e0f4-6d5b-4b8a-8f3c-1e2d3c4b5a69","iat":1772366400,"exp":1772367300}
            """
        #expect(try wireText(TokenPayload(claims)) == text)
    }

    @Test("The claims of a token of another issuer, without a session")
    func foreignPayload() throws {
        let claims = Claims(
            kind: .access, subject: userID, tokenID: "9b1deb4d", issuedAt: 1, expiresAt: 2, issuer: "https://a.example",
            audience: "shop", app: "till")
        let text = """
            {"sub":"5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10","jti":"9b1deb4d","type":"access","iat":1,"exp":2,\
            "iss":"https://a.example","aud":"shop","app":"till"}
            """
        #expect(try wireText(TokenPayload(claims)) == text)
    }

    @Test(
        "A message",
        arguments: [
            (Messages.verificationSent, "If the email exists, a verification link was sent."),
            (Messages.resetSent, "If the email exists, a reset link was sent."),
            (Messages.passwordReset, "Password has been reset."),
            (Messages.passwordChanged, "Password changed."),
            (Messages.loggedOut, "Logged out."),
            (Messages.sessionRevoked, "Session revoked."),
        ])
    func message(_ message: Message, _ text: String) throws {
        #expect(try wireText(message) == #"{"message":"\#(text)"}"#)
    }

    @Test("The number of revoked sessions, said twice")
    func logoutAll() throws {
        #expect(try wireText(LogoutAllReply(revoked: 3)) == #"{"message":"Revoked 3 session(s).","revoked":3}"#)
    }

    private func session(device: String? = nil, address: String? = nil, revokedAt: Timestamp?) -> Session {
        Session(
            id: sessionID, userID: userID, refreshTokenHash: "", deviceInfo: device, ipAddress: address,
            createdAt: created, lastUsedAt: created, expiresAt: created + 30 * 86_400,
            absoluteExpiresAt: created + 365 * 86_400, accessExpiresAt: created + 900, revokedAt: revokedAt)
    }
}
