import AuthAPI
import Foundation
import MVPAuth
import StrictJSON
import Testing

/// What every user of the service relies on, over each way to it.
@Suite("The service, in process, over the socket and over HTTP")
struct JourneyTests {
    private let password = Secret("correct horse battery")

    /// An account that has signed in.
    private struct SignedIn {
        let access: Secret
        let refresh: Secret
    }

    private func register(_ transport: any Transport, _ email: String) async throws {
        let outcome = try await transport.call(Register(email: email, password: password))
        #expect(outcome.code == nil)
    }

    private func login(
        _ transport: any Transport, _ email: String, _ password: Secret? = nil
    ) async throws -> SignedIn {
        let outcome = try await transport.call(Login(email: email, password: password ?? self.password))
        #expect(outcome.code == nil)
        return SignedIn(
            access: Secret(try #require(outcome["access_token"]?.string)),
            refresh: Secret(try #require(outcome["refresh_token"]?.string)))
    }

    private func refresh(_ transport: any Transport, _ token: Secret) async throws -> Outcome {
        try await transport.call(Refresh(refreshToken: token))
    }

    private func me(_ transport: any Transport, _ token: Secret) async throws -> Outcome {
        try await transport.call(GetCurrentUser(accessToken: token))
    }

    @Test("Register, sign in, ask who it is, sign out", arguments: TransportKind.allCases)
    func basics(kind: TransportKind) async throws {
        let transport = try await kind.make()
        let registered = try await transport.call(Register(email: "Ada@Example.org", password: password))
        #expect(registered["email"] == "ada@example.org")
        #expect(registered["is_active"] == true && registered["is_verified"] == false)
        let ada = try await login(transport, "ADA@example.org")
        let user = try await me(transport, ada.access)
        #expect(user["id"] == registered["id"])
        #expect(try await transport.call(Logout(accessToken: ada.access))["message"] == "Logged out.")
        #expect(try await me(transport, ada.access).code == "TOKEN_REVOKED")
        #expect(try await refresh(transport, ada.refresh).code == "TOKEN_REVOKED")
    }

    @Test("Registration refuses what is taken, weak or no address", arguments: TransportKind.allCases)
    func registration(kind: TransportKind) async throws {
        let transport = try await kind.make()
        try await register(transport, "ada@example.org")
        func code(_ email: String, _ password: String) async throws -> Outcome {
            try await transport.call(Register(email: email, password: Secret(password)))
        }
        #expect(try await code("ADA@EXAMPLE.ORG", "correct horse battery").code == "USER_EXISTS")
        for weak in ["short", "password123", "a\u{0}bcdefgh", String(repeating: "x", count: 129)] {
            let outcome = try await code("bob@example.org", weak)
            #expect(outcome.code == "PASSWORD_VALIDATION" || outcome.code == "INVALID_PARAMS", "\(weak)")
            #expect(outcome.fields.contains("password"))
        }
        for address in ["bob", "a@b@c", "a@x.org\r\nBcc: e@y.org", "\u{FF41}@x.org", "v@x.org,a@y.org"] {
            let outcome = try await code(address, "correct horse battery")
            #expect(outcome.code == "VALIDATION_ERROR" && outcome.fields == ["email"], "\(address)")
        }
    }

    @Test("An unknown address and a wrong password are one answer", arguments: TransportKind.allCases)
    func credentials(kind: TransportKind) async throws {
        let transport = try await kind.make()
        try await register(transport, "ada@example.org")
        for (email, password) in [
            ("ada@example.org", "wrong"), ("nobody@example.org", "wrong"), ("no address", "wrong"),
            ("ada@example.org", ""), ("ada@example.org", String(repeating: "x", count: 5000)),
        ] {
            let outcome = try await transport.call(Login(email: email, password: Secret(password)))
            #expect(outcome.code == "INVALID_CREDENTIALS", "\(email)")
        }
    }

    @Test("A refresh token works once; its reuse ends every session", arguments: TransportKind.allCases)
    func reuse(kind: TransportKind) async throws {
        let transport = try await kind.make()
        try await register(transport, "ada@example.org")
        let one = try await login(transport, "ada@example.org")
        let other = try await login(transport, "ada@example.org")
        let next = try await refresh(transport, one.refresh)
        let access = Secret(try #require(next["access_token"]?.string))
        #expect(next["token_type"] == "bearer" && next["expires_in"] == 900)
        #expect(try await me(transport, access).code == nil)
        #expect(try await refresh(transport, one.refresh).code == "TOKEN_REUSE")
        #expect(try await me(transport, access).code == "TOKEN_REVOKED")
        #expect(try await me(transport, other.access).code == "TOKEN_REVOKED")
        #expect(try await refresh(transport, other.refresh).code == "TOKEN_REVOKED")
    }

    @Test("A revoked session's refresh token revokes nobody else", arguments: TransportKind.allCases)
    func deadSession(kind: TransportKind) async throws {
        let transport = try await kind.make()
        try await register(transport, "ada@example.org")
        let gone = try await login(transport, "ada@example.org")
        let here = try await login(transport, "ada@example.org")
        _ = try await transport.call(Logout(accessToken: gone.access))
        #expect(try await refresh(transport, gone.refresh).code == "TOKEN_REVOKED")
        #expect(try await me(transport, here.access).code == nil)
    }

    @Test("Forged and mistaken tokens are invalid and change nothing", arguments: TransportKind.allCases)
    func forged(kind: TransportKind) async throws {
        let transport = try await kind.make()
        try await register(transport, "ada@example.org")
        let ada = try await login(transport, "ada@example.org")
        let parts = ada.refresh.reveal().split(separator: ".").map(String.init)
        for token in [
            "x", "a.b.c", parts[0] + "." + parts[1] + ".", parts[0] + "." + parts[1], ada.refresh.reveal() + "=",
            ada.access.reveal(),
        ] {
            #expect(try await refresh(transport, Secret(token)).code == "TOKEN_INVALID")
        }
        for token in [ada.refresh.reveal(), "eyJhbGciOiJub25lIn0." + parts[1] + "."] {
            #expect(try await me(transport, Secret(token)).code == "TOKEN_INVALID")
        }
        #expect(try await refresh(transport, ada.refresh).code == nil)
    }

    @Test("Sessions are listed and ended, one's own only", arguments: TransportKind.allCases)
    func sessions(kind: TransportKind) async throws {
        let transport = try await kind.make()
        try await register(transport, "ada@example.org")
        try await register(transport, "eve@example.org")
        let ada = try await login(transport, "ada@example.org")
        let phone = try await login(transport, "ada@example.org")
        let eve = try await login(transport, "eve@example.org")
        let listed = try await transport.call(ListSessions(accessToken: ada.access))
        guard case .array(let rows)? = listed.result else {
            Issue.record("no list")
            return
        }
        #expect(rows.count == 2)
        #expect(rows.count { $0["current"] == true } == 1)
        let other = try #require(rows.first { $0["current"] == false }?["id"]?.string)
        let id = try #require(SessionID(other))
        func revoke(_ id: SessionID, by user: SignedIn) async throws -> Outcome {
            try await transport.call(RevokeSession(accessToken: user.access, sessionID: id))
        }
        #expect(try await revoke(id, by: eve).code == "SESSION_NOT_FOUND")
        #expect(try await revoke(.random(from: SystemEntropy()), by: eve).code == "SESSION_NOT_FOUND")
        #expect(try await me(transport, phone.access).code == nil)
        #expect(try await revoke(id, by: ada)["message"] == "Session revoked.")
        #expect(try await me(transport, phone.access).code == "TOKEN_REVOKED")
        #expect(try await revoke(id, by: ada).code == "SESSION_NOT_FOUND")
        let all = try await transport.call(LogoutAll(accessToken: ada.access))
        #expect(all["message"] == "Revoked 1 session(s)." && all["revoked"] == 1)
        #expect(try await me(transport, ada.access).code == "TOKEN_REVOKED")
    }

    @Test("A change of password ends every session at once", arguments: TransportKind.allCases)
    func change(kind: TransportKind) async throws {
        let transport = try await kind.make()
        try await register(transport, "ada@example.org")
        let ada = try await login(transport, "ada@example.org")
        let new = Secret("another long phrase")
        func change(_ current: Secret, _ new: Secret) async throws -> Outcome {
            try await transport.call(
                ChangePassword(accessToken: ada.access, currentPassword: current, newPassword: new))
        }
        #expect(try await change(Secret("wrong"), new).code == "INVALID_CREDENTIALS")
        let weak = try await change(password, Secret("short"))
        #expect(weak.code == "PASSWORD_VALIDATION" && weak.fields == ["new_password"])
        #expect(try await change(password, new)["message"] == "Password changed.")
        #expect(try await me(transport, ada.access).code == "TOKEN_REVOKED")
        #expect(
            try await transport.call(Login(email: "ada@example.org", password: password)).code
                == "INVALID_CREDENTIALS")
        _ = try await login(transport, "ada@example.org", new)
    }

    @Test("A reset works once, and dies with any other change", arguments: TransportKind.allCases)
    func reset(kind: TransportKind) async throws {
        let transport = try await kind.make()
        try await register(transport, "ada@example.org")
        let ada = try await login(transport, "ada@example.org")
        let sent = "If the email exists, a reset link was sent."
        for email in ["ada@example.org", "nobody@example.org"] {
            #expect(try await transport.call(ForgotPassword(email: email))["message"] == .string(sent))
        }
        let first = try await transport.mailedToken(.passwordReset, to: "ada@example.org")
        func reset(_ token: Secret, _ password: String) async throws -> Outcome {
            try await transport.call(ResetPassword(token: token, newPassword: Secret(password)))
        }
        #expect(try await reset(first, "short").code == "PASSWORD_VALIDATION")
        #expect(try await reset(first, "a brand new phrase")["message"] == "Password has been reset.")
        #expect(try await me(transport, ada.access).code == "TOKEN_REVOKED")
        #expect(try await reset(first, "yet another phrase").code == "INVALID_VERIFICATION_TOKEN")
        _ = try await transport.call(ForgotPassword(email: "ada@example.org"))
        var second = first
        for _ in 0..<1000 where second.reveal() == first.reveal() {
            second = try await transport.mailedToken(.passwordReset, to: "ada@example.org")
        }
        let again = try await login(transport, "ada@example.org", Secret("a brand new phrase"))
        _ = try await transport.call(
            ChangePassword(
                accessToken: again.access, currentPassword: Secret("a brand new phrase"),
                newPassword: Secret("changed in between")))
        #expect(try await reset(second, "too late for this").code == "INVALID_VERIFICATION_TOKEN")
        #expect(try await reset(again.access, "not for this").code == "INVALID_VERIFICATION_TOKEN")
    }

    @Test("An address is proved once, and resending tells nothing", arguments: TransportKind.allCases)
    func verification(kind: TransportKind) async throws {
        let transport = try await kind.make()
        try await register(transport, "ada@example.org")
        let token = try await transport.mailedToken(.verification, to: "ada@example.org")
        let sent = "If the email exists, a verification link was sent."
        for email in ["ada@example.org", "nobody@example.org"] {
            #expect(try await transport.call(ResendVerification(email: email))["message"] == .string(sent))
        }
        #expect(try await transport.call(VerifyEmail(token: token))["is_verified"] == true)
        #expect(try await transport.call(VerifyEmail(token: token)).code == "ALREADY_VERIFIED")
        #expect(try await transport.call(VerifyEmail(token: Secret("x"))).code == "INVALID_VERIFICATION_TOKEN")
        #expect(try await transport.call(ResendVerification(email: "ada@example.org"))["message"] == .string(sent))
        let ada = try await login(transport, "ada@example.org")
        #expect(try await me(transport, ada.access)["is_verified"] == true)
    }
}
