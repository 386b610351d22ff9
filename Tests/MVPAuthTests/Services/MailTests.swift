import AuthTesting
import MVPAuth
import Testing

@Suite("What is mailed, and to whom")
struct MailTests {
    @Test("A lookalike of an address gets nothing; mail goes to the stored address")
    func stored() async throws {
        let world = try await World()
        try await world.register("Mike@Example.org")
        let before = try await world.mails.all.count
        for text in [
            "m\u{131}ke@example.org", "mi\u{212A}e@example.org", "\u{FF4D}\u{FF49}\u{FF4B}\u{FF45}@example.org",
        ] {
            _ = await world.code { () async throws(AuthError) in
                try await world.system.passwords.forgotPassword(email: text)
            }
        }
        #expect(try await world.mails.all.count == before)
        try await world.system.passwords.forgotPassword(email: "MIKE@EXAMPLE.ORG")
        #expect(try await world.mails.all.last?.email == "mike@example.org")
    }

    @Test("Unknown, inactive and verified addresses are told nothing and mailed nothing")
    func silence() async throws {
        let world = try await World()
        let user = try await world.register()
        try await world.system.users.setActive(false, user: user.id)
        let verified = try await world.register("eve@example.org")
        _ = try await world.system.users.verifyEmail(token: world.mails.token(.verification))
        let before = try await world.mails.all.count
        try await world.system.users.resendVerification(email: "nobody@example.org")
        try await world.system.users.resendVerification(email: user.email)
        try await world.system.users.resendVerification(email: verified.email)
        try await world.system.passwords.forgotPassword(email: "nobody@example.org")
        try await world.system.passwords.forgotPassword(email: user.email)
        #expect(try await world.mails.all.count == before)
    }

    @Test("Of two messages that are asked for in a minute one is sent, unless the policy sets no limit")
    func pace() async throws {
        for (isLimited, sent) in [(nil, 1), (true, 1), (false, 2)] as [(Bool?, Int)] {
            let world = try await World { if let isLimited { $0.limitsEmails = isLimited } }
            try await world.register()
            for _ in 0..<2 { try await world.system.passwords.forgotPassword(email: "ada@example.org") }
            #expect(try await world.mails.all.count { $0.kind == .passwordReset } == sent)
        }
    }

    @Test("An owner is told of a password that was changed or reset, and of sessions that ended by a used token")
    func notices() async throws {
        let world = try await World()
        let user = try await world.register()
        func told() async throws -> [EmailMessage.Kind] {
            try await world.mails.all.filter { !$0.kind.hasToken && $0.email == user.email }.map(\.kind)
        }
        try await world.system.passwords.forgotPassword(email: user.email)
        #expect(try await told().isEmpty, "to ask for a reset changes nothing")
        let pair = try await world.login()
        _ = await world.refreshCode(pair.refreshToken)
        #expect(await world.refreshCode(pair.refreshToken) == .tokenReuse)
        #expect(try await told() == [.sessionsEnded])
        let changed = Secret("another long phrase")
        try await world.system.passwords.changePassword(of: user.id, current: world.password, new: changed)
        #expect(try await told() == [.sessionsEnded, .passwordChanged])
        world.clock.advance(61)
        try await world.system.passwords.forgotPassword(email: user.email)
        try await world.system.passwords.resetPassword(
            token: world.mails.token(.passwordReset), newPassword: Secret("a third long phrase"))
        #expect(try await told() == [.sessionsEnded, .passwordChanged, .passwordChanged])
        let notices = try await world.mails.all.filter { !$0.kind.hasToken }
        #expect(notices.allSatisfy { $0.expiresAt == $0.createdAt + 86_400 }, "a day later it is no news")
    }

    @Test("Each token works for what it was made for, and for nothing else")
    func kinds() async throws {
        let world = try await World()
        let user = try await world.register()
        let pair = try await world.login()
        try await world.system.passwords.forgotPassword(email: user.email)
        let tokens = [
            pair.accessToken, pair.refreshToken, try await world.mails.token(.verification),
            try await world.mails.token(.passwordReset),
        ]
        for (index, token) in tokens.enumerated() {
            if index != 0 { #expect(await world.verifyCode(token) == .tokenInvalid) }
            if index != 1 { #expect(await world.refreshCode(token) == .tokenInvalid) }
            if index != 2 {
                #expect(
                    await world.code { () async throws(AuthError) in
                        _ = try await world.system.users.verifyEmail(token: token)
                    } == .invalidVerificationToken)
            }
            if index != 3 {
                #expect(
                    await world.code { () async throws(AuthError) in
                        try await world.system.passwords.resetPassword(
                            token: token, newPassword: Secret("another long phrase"))
                    } == .invalidVerificationToken)
            }
        }
        #expect(try await world.system.sessions.list(of: user.id).count == 1)
    }

    @Test("Links expire when they say: a day for an address, an hour for a password")
    func expiry() async throws {
        let world = try await World()
        let user = try await world.register()
        try await world.system.passwords.forgotPassword(email: user.email)
        let reset = try await world.mails.token(.passwordReset)
        let verification = try await world.mails.token(.verification)
        world.clock.advance(3600)
        #expect(
            await world.code { () async throws(AuthError) in
                try await world.system.passwords.resetPassword(token: reset, newPassword: Secret("another long phrase"))
            } == .invalidVerificationToken)
        world.clock.advance(86_400 - 3600)
        #expect(
            await world.code { () async throws(AuthError) in
                _ = try await world.system.users.verifyEmail(token: verification)
            } == .invalidVerificationToken)
    }

    @Test("When an address must be proved, only the right password tells so")
    func required() async throws {
        let world = try await World { $0.requiresVerifiedEmail = true }
        let user = try await world.register()
        func login(_ password: Secret) async -> AuthError.Code? {
            await world.code { () async throws(AuthError) in
                _ = try await world.system.auth.login(email: user.email, password: password)
            }
        }
        #expect(await login(world.password) == .emailNotVerified)
        #expect(await login(Secret("wrong")) == .invalidCredentials)
        _ = try await world.system.users.verifyEmail(token: world.mails.token(.verification))
        #expect(await login(world.password) == nil)
    }
}
