import AuthTesting
import Testing

@testable import MVPAuth

@Suite("What operators do with accounts")
struct AdministrationTests {
    private typealias NewAccount = AccountAdministration.NewAccount

    private func create(_ world: World, _ change: (inout NewAccount) -> Void = { _ in }) async throws -> User {
        var account = NewAccount(email: "Ada@example.org")
        change(&account)
        return try await world.system.administration.create(account, for: .local)
    }

    private func code(_ world: World, _ body: () async throws -> Void) async -> AuthError.Code? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? AuthError)?.code
        }
    }

    @Test("An account is made as it was said, and nothing is sent")
    func creation() async throws {
        let world = try await World()
        let id = UserID("5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10")!
        let before = world.clock.now() - 86_400
        let user = try await create(world) {
            $0.password = .plain(world.password)
            ($0.id, $0.createdAt, $0.isVerified) = (id, before, true)
        }
        #expect(user.id == id && user.createdAt == before && user.isVerified && user.email == "ada@example.org")
        #expect(user.updatedAt == world.clock.now())
        _ = try await world.login()
        #expect(try await world.mails.all.isEmpty)
        #expect(await code(world) { _ = try await create(world) } == .userExists)
        let future = world.clock.now() + 1
        #expect(await code(world) { _ = try await create(world) { $0.createdAt = future } } == .invalidParams)
    }

    @Test("An account without a password lets nobody in until its owner has set one by a reset")
    func withoutPassword() async throws {
        let world = try await World()
        let user = try await create(world)
        #expect(user.passwordHash.scheme == nil)
        for attempt in ["", "!", "correct horse battery"] {
            #expect(
                await code(world) {
                    _ = try await world.system.auth.login(email: user.email, password: Secret(attempt))
                } == .invalidCredentials)
        }
        try await world.system.administration.sendReset(to: user.id, for: .local)
        let token = try await world.mails.token(.passwordReset)
        try await world.system.passwords.resetPassword(token: token, newPassword: world.password)
        _ = try await world.login()
    }

    @Test("A hash made elsewhere is taken where it can be verified, and says nothing of itself but its scheme")
    func hashes() async throws {
        let world = try await World()
        let user = try await create(world) {
            $0.password = .hash("$2b$04$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")
        }
        #expect(user.passwordHash.isImported && user.passwordHash.scheme == "bcrypt")
        for hash in ["", "!", "secret", "$9$x$y", String(repeating: "$2b$04$", count: 200)] {
            let refused = await code(world) {
                _ = try await create(world) {
                    $0.email = "eve@example.org"
                    $0.password = .hash(hash)
                }
            }
            #expect(refused == .passwordValidation, "\(hash.prefix(20))")
        }
        #expect(PasswordHash("$argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA").scheme == "argon2id")
        for hash in ["0123456789abcdef", "0123:4567", "", "$2b", "pass word$x"] {
            #expect(PasswordHash(hash).scheme == "unknown")
        }
    }

    @Test("Tokens that were mailed to the address before are dead, and the new one is proved by its own message")
    func readdressing() async throws {
        let world = try await World()
        let user = try await world.register()
        let verification = try await world.mails.token(.verification)
        try await world.system.passwords.forgotPassword(email: user.email)
        let reset = try await world.mails.token(.passwordReset)
        let foreign = try world.foreignToken(.emailVerify, of: user)
        let pair = try await world.login()
        world.clock.advance(2)
        let changed = try await world.system.administration.update(
            user.id, email: "Eve@example.org", isVerified: nil, isActive: nil, for: .local)
        #expect(changed.email == "eve@example.org" && !changed.isVerified)
        for token in [verification, foreign] {
            let refused = await code(world) { _ = try await world.system.users.verifyEmail(token: token) }
            #expect(refused == .invalidVerificationToken)
        }
        let refused = await code(world) {
            try await world.system.passwords.resetPassword(token: reset, newPassword: Secret("a different phrase"))
        }
        #expect(refused == .invalidVerificationToken)
        #expect(await world.verifyCode(pair.accessToken) == nil, "sessions live on")
        #expect(try await world.system.users.currentUser(user.id).email == "eve@example.org")
        let mail = try #require(try await world.mails.all.last)
        #expect(mail.kind == .verification && mail.email == "eve@example.org")
        let proved = try await world.system.users.verifyEmail(token: try #require(mail.token))
        #expect(proved.isVerified)
        _ = try await world.login("eve@example.org")
        #expect(await code(world) { _ = try await world.login("ada@example.org") } == .invalidCredentials)
    }

    @Test("A deactivated account, a replaced password and a sign-out are felt at once")
    func atOnce() async throws {
        let world = try await World()
        let user = try await world.register()
        let administration = world.system.administration
        var pair = try await world.login()
        #expect(try await administration.signOut(user.id, session: nil) == 1)
        #expect(await world.verifyCode(pair.accessToken) == .tokenRevoked)
        pair = try await world.login()
        let kept = try await world.login()
        let session = try #require(try await world.system.tokens.verify(pair.accessToken.reveal()).sessionID)
        #expect(try await administration.signOut(user.id, session: session) == 1)
        #expect(await world.verifyCode(pair.accessToken) == .tokenRevoked)
        #expect(await world.verifyCode(kept.accessToken) == nil)
        #expect(
            await code(world) { _ = try await administration.signOut(user.id, session: session) } == .sessionNotFound)
        try await administration.setPassword(of: user.id, to: Secret("a different phrase"), for: .local)
        #expect(await world.verifyCode(kept.accessToken) == .tokenRevoked)
        #expect(try await world.mails.all.last?.kind == .passwordChanged)
        pair = try await world.system.auth.login(email: user.email, password: Secret("a different phrase"))
        _ = try await administration.update(user.id, email: nil, isVerified: nil, isActive: false, for: .local)
        #expect(await world.verifyCode(pair.accessToken) == .tokenRevoked)
        #expect(await world.refreshCode(pair.refreshToken) == .userInactive)
        #expect(await code(world) { try await administration.sendReset(to: user.id, for: .local) } == .userInactive)
    }

    @Test("An account is deleted when its address is said, in any spelling, and by no other")
    func deletion() async throws {
        let world = try await World()
        let user = try await world.register()
        let pair = try await world.login()
        let administration = world.system.administration
        for wrong in ["eve@example.org", "", "ada", user.id.description] {
            #expect(await code(world) { try await administration.delete(user.id, email: wrong) } == .invalidParams)
        }
        #expect(await world.verifyCode(pair.accessToken) == nil)
        try await administration.delete(user.id, email: " ADA@Example.org")
        #expect(await world.verifyCode(pair.accessToken) == .tokenRevoked)
        #expect(await code(world) { try await administration.delete(user.id, email: user.email) } == .userNotFound)
        #expect(await code(world) { _ = try await create(world) { $0.id = user.id } } == .invalidParams)
    }

    @Test("A reset is sent however many were asked for, and not where no email is")
    func resets() async throws {
        let world = try await World()
        let user = try await world.register()
        for _ in 0..<3 { try await world.system.administration.sendReset(to: user.id, for: .local) }
        #expect(try await world.mails.all.count { $0.kind == .passwordReset } == 3)
        let silent = try await World { $0.sendsEmail = false }
        let other = try await silent.register()
        #expect(
            await code(silent) { try await silent.system.administration.sendReset(to: other.id, for: .local) }
                == .invalidParams)
    }
}
