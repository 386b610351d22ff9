import AuthTesting
import Synchronization
import Testing

@testable import MVPAuth

@Suite("What is noted of what is done")
struct AuditTests {
    private func events(_ world: World, _ filter: EventFilter = EventFilter()) async throws -> [AuthEvent] {
        try await world.system.audit.writeAttempts()
        return try await world.store.read { try Transaction($0).events(filter, limit: 10_000) }
    }

    /// What was noted, the oldest first: `account.registered success`.
    private func words(_ world: World, _ filter: EventFilter = EventFilter()) async throws -> [String] {
        try await events(world, filter).reversed().map { "\($0.kind.rawValue) \($0.outcome.rawValue)" }
    }

    private func fail(
        _ world: World, _ email: String = "ada@example.org", from source: String? = nil,
        with password: String = "a wrong one"
    ) async {
        var origin = RequestOrigin(app: "forum", uid: 1001)
        origin.source = source
        let code = await world.code { () async throws(AuthError) in
            _ = try await origin.perform { () async throws(AuthError) in
                try await world.system.auth.login(email: email, password: Secret(password))
            }
        }
        #expect(code == .invalidCredentials)
    }

    @Test("Each thing that is done to an account is noted, with who asked")
    func life() async throws {
        let world = try await World()
        var origin = RequestOrigin(app: "forum", uid: 1001, RequestOrigin.Number(process: "abc", call: 7))
        origin.source = "192.0.2.7"
        let user = try await origin.perform { () async throws(AuthError) in
            try await world.system.users.register(email: "ada@example.org", password: world.password)
        }
        func step(_ body: () async throws -> Void) async throws {
            world.clock.advance(1)
            try await body()
        }
        try await step { _ = try await world.system.users.verifyEmail(token: world.mails.token(.verification)) }
        try await step { _ = try await world.login() }
        try await step { _ = try await world.system.auth.logoutAll(user.id) }
        try await step { try await world.system.passwords.forgotPassword(email: "ADA@example.org") }
        try await step {
            try await world.system.passwords.resetPassword(
                token: world.mails.token(.passwordReset), newPassword: Secret("a second good one"))
        }
        try await step {
            try await world.system.passwords.changePassword(
                of: user.id, current: Secret("a second good one"), new: world.password)
        }
        try await step { _ = try await world.system.users.setActive(false, user: user.id) }
        try await step { _ = try await world.system.users.setActive(true, user: user.id) }
        #expect(
            try await words(world) == [
                "account.registered success", "account.verified success", "login.succeeded success",
                "session.revoked success", "password.reset_requested success", "password.reset success",
                "password.changed success", "account.deactivated success", "account.activated success",
            ])
        let all = try await events(world)
        #expect(all.allSatisfy { $0.userID == user.id })
        let first = try #require(all.last)
        #expect(first.app == "forum" && first.uid == 1001 && first.source == "192.0.2.7" && first.requestID == "abc-7")
        #expect(all.first?.app == "local" && all.first?.requestID == nil, "this process itself")
        #expect(!"\(all)".contains("example.org"), "no address")
    }

    @Test("A refresh and a check of a token note nothing and write no more than without an audit")
    func hotCalls() async throws {
        var writes: [Int] = []
        for days in [0, 90] as [Int64] {
            let store = MeasuredStore()
            let world = try await World(store: store) { $0.auditDays = days }
            try await world.register()
            var pair = try await world.login()
            let (before, noted) = (store.operations.writes, try await events(world).count)
            for _ in 0..<5 {
                pair = try await world.system.auth.refresh(pair.refreshToken)
                _ = try await world.system.tokens.verify(pair.accessToken.reveal())
                _ = try await world.system.users.currentUser(
                    try await world.system.tokens.verify(pair.accessToken.reveal()).subject)
                world.clock.advance(5)
            }
            writes.append(store.operations.writes - before)
            #expect(try await events(world).count == noted)
            #expect((noted > 0) == (days > 0))
        }
        #expect(writes == [5, 5])
    }

    @Test("Of what is refused or undone nothing is noted")
    func undone() async throws {
        let world = try await World()
        try await world.register()
        #expect(await world.code { () async throws(AuthError) in try await registerAgain(world) } == .userExists)
        let rows = (0..<3).map { AccountAdministration.ForeignAccount(email: "user\($0)@example.org") }
        let rehearsed = try await world.system.administration.take(
            rows, onConflict: .skip, isRehearsal: true, for: .local)
        #expect(rehearsed.created == 3)
        #expect(try await words(world) == ["account.registered success"])
        let done = try await world.system.administration.take(rows, onConflict: .skip, isRehearsal: false, for: .local)
        #expect(done.created == 3)
        let finished = try await events(world, EventFilter(kind: .importFinished))
        #expect(finished.map(\.detail) == ["created=3 updated=0 skipped=0 refused=0"])
    }

    private func registerAgain(_ world: World) async throws(AuthError) {
        _ = try await world.system.users.register(email: "ada@example.org", password: world.password)
    }

    @Test("An operator's call is noted beside what it did")
    func operators() async throws {
        let world = try await World()
        let user = try await world.register()
        _ = try await world.login()
        let administration = world.system.administration
        world.clock.advance(1)
        _ = try await administration.update(
            user.id, email: "eve@example.org", isVerified: true, isActive: nil, for: .local)
        world.clock.advance(1)
        _ = try await administration.signOut(user.id, session: nil)
        try await administration.unblock(user.id)
        try await administration.setPassword(of: user.id, to: world.password, for: .local)
        try await administration.sendReset(to: user.id, for: .local)
        let all = Set(try await words(world).map { String($0.split(separator: " ")[0]) })
        #expect(
            all.isSuperset(of: [
                "admin.update_user", "account.updated", "admin.sign_out", "session.revoked", "admin.unblock",
                "admin.set_password", "password.changed",
            ]))
        let updated = try await events(world, EventFilter(kind: .accountUpdated))
        #expect(updated.map(\.detail) == ["changed=email,is_verified"])
        let ended = try await events(world, EventFilter(kind: .sessionRevoked))
        #expect(ended.map(\.detail) == ["by=operator"])
        // The owner is shown what was done, not what operators called for it.
        let own = try await world.system.audit.events(of: user.id, limit: 50)
        #expect(!own.contains { $0.event.kind.rawValue.hasPrefix("admin.") })
        #expect(own.contains { $0.event.kind == .accountUpdated })
    }

    @Test("The first ten failures of an account and a network in an hour are rows, the others one row with a count")
    func failures() async throws {
        let world = try await World { $0.throttle.isEnabled = false }
        try await world.register()
        for email in ["ada@example.org", "nobody@example.org"] {
            for _ in 0..<25 { await fail(world, email, from: "192.0.2.7") }
            await fail(world, email, from: "192.0.2.8")
        }
        let failed = try await events(world, EventFilter(kind: .loginFailed))
        #expect(failed.count == 2 * (10 + 1 + 1), "whether or not there is an account")
        #expect(failed.filter { $0.detail?.hasSuffix("count=15") == true }.count == 2)
        #expect(failed.allSatisfy { $0.outcome == .failure && $0.detail?.hasPrefix("account=") == true })
        #expect(Set(failed.map(\.userID)).count == 2, "the account, and none")
        #expect(!"\(failed)".contains("example.org"))
        // It grows within the hour, and the next one begins anew.
        for _ in 0..<5 { await fail(world, from: "192.0.2.7") }
        let counts = try await events(world, EventFilter(kind: .loginFailed)).compactMap(\.detail)
        #expect(counts.count { $0.hasSuffix("count=20") } == 1 && counts.count { $0.hasSuffix("count=15") } == 1)
        world.clock.advance(3600)
        await fail(world, from: "192.0.2.7")
        #expect(try await events(world, EventFilter(kind: .loginFailed)).count == 25)
    }

    @Test("The right password of an address that is not proved, and a wrong current one, are noted as what they are")
    func otherFailures() async throws {
        let world = try await World { $0.requiresVerifiedEmail = true }
        let user = try await world.register()
        let login = await world.code { () async throws(AuthError) in
            _ = try await world.system.auth.login(email: user.email, password: world.password)
        }
        #expect(login == .emailNotVerified)
        let change = await world.code { () async throws(AuthError) in
            try await world.system.passwords.changePassword(
                of: user.id, current: Secret("a wrong one"), new: Secret("another long phrase"))
        }
        #expect(change == .invalidCredentials)
        let failed = try await events(world).filter { $0.outcome == .failure && $0.userID == user.id }
        #expect(Set(failed.map(\.kind)) == [.loginFailed, .passwordChanged] && failed.count == 2)
        #expect(failed.contains { $0.kind == .loginFailed && $0.detail?.hasSuffix("reason=unverified") == true })
    }

    @Test("A flood of accounts is no flood of rows")
    func flood() async throws {
        let world = try await World { $0.throttle.isEnabled = false }
        let most = AttemptJournal.mostPairs
        for number in 0..<most + 500 { await fail(world, "user\(number)@example.org", from: "192.0.2.7") }
        let failed = try await events(world, EventFilter(kind: .loginFailed))
        #expect(failed.count == most + 1)
        #expect(failed.count { $0.detail == "accounts=others count=500" && $0.source == nil } == 1)
    }

    @Test("Turning somebody away writes nothing by itself, and one row an hour afterwards")
    func throttled() async throws {
        let store = MeasuredStore()
        let world = try await World(store: store)
        for number in 0..<5 { await fail(world, "nobody@example.org", with: "wrong \(number)") }
        let before = store.operations.writes
        for _ in 0..<20 {
            let code = await world.code { () async throws(AuthError) in
                _ = try await world.system.auth.login(email: "nobody@example.org", password: Secret("wrong"))
            }
            #expect(code == .rateLimited)
        }
        #expect(store.operations.writes == before)
        let turned = try await events(world, EventFilter(kind: .loginThrottled))
        #expect(turned.count == 2 && turned.allSatisfy { $0.detail?.contains("layer=account") == true })
        #expect(turned.contains { $0.detail?.hasSuffix("count=19") == true })
    }

    @Test("Passwords that are tried on many accounts are noted once in five minutes, and counted")
    func attack() async throws {
        let world = try await World { $0.throttle.isEnabled = false }
        for number in 0..<150 { await fail(world, "user\(number)@example.org") }
        #expect(try await events(world, EventFilter(kind: .loginAttack)).count == 1)
        #expect(world.system.attacks == 1)
        world.clock.advance(301)
        for number in 0..<150 { await fail(world, "user\(number)@example.org") }
        #expect(try await events(world, EventFilter(kind: .loginAttack)).count == 2)
    }

    @Test("Passwords that are tried on many accounts are no attack where one login in ten succeeds")
    func crowd() async throws {
        let world = try await World { $0.throttle.isEnabled = false }
        try await world.register()
        for _ in 0..<15 { _ = try await world.login() }
        for number in 0..<150 { await fail(world, "user\(number)@example.org") }
        #expect(world.system.attacks == 0)
        await fail(world, "another@example.org")
        #expect(world.system.attacks == 1)
    }

    @Test("After its deletion nothing holds the address of an account, and its identifier only the tombstone")
    func erasure() async throws {
        let world = try await World()
        let user = try await world.register()
        await fail(world)
        _ = try await world.login()
        try await world.system.passwords.forgotPassword(email: "ada@example.org")
        await fail(world)
        try await world.system.administration.delete(user.id, email: "ADA@example.org")
        // What was not written before the deletion names nobody either.
        let all = try await events(world)
        #expect(all.count >= 6 && !all.contains { $0.userID == user.id })
        #expect(Set(all.compactMap(\.userID)).count == 1)
        let text = try await world.store.read { verbs in
            let rows: [[any Sendable]] = [
                try verbs.all(Query<User>()), try verbs.all(Query<Session>()), try verbs.all(Query<EmailMessage>()),
                try verbs.all(Query<AuthEvent>()), try verbs.all(Query<Throttle>()),
                try verbs.all(Query<BlockedToken>()),
            ]
            return "\(rows)"
        }
        #expect(text.contains("account.deleted") || text.contains("accountDeleted"))
        #expect(!text.contains("example.org") && !text.contains(user.id.description))
    }

    @Test("With no days nothing is kept, and what was kept goes; the log is told all the same")
    func notKept() async throws {
        let world = try await World()
        try await world.register()
        #expect(try await !events(world).isEmpty)
        var policy = AuthPolicy()
        policy.auditDays = 0
        let system = AuthSystem(
            reconfiguring: world.system, hasher: PlainHasher(), signer: world.keys, policy: policy)
        let told = Mutex<[AuthEvent.Kind]>([])
        system.observeEvents { events in told.withLock { $0 += events.map(\.kind) } }
        _ = try await system.users.register(email: "eve@example.org", password: world.password)
        _ = await world.code { () async throws(AuthError) in
            _ = try await system.auth.login(email: "eve@example.org", password: Secret("wrong"))
        }
        try await system.audit.writeAttempts()
        #expect(told.withLock { $0 } == [.accountRegistered])
        world.clock.advance(1)
        try await system.purge()
        #expect(try await events(world).isEmpty)
    }

    @Test("What is old goes with the other rows that are over")
    func purge() async throws {
        let world = try await World()
        try await world.register()
        try await world.system.passwords.forgotPassword(email: "nobody@example.org")
        world.clock.advance(89 * 86_400)
        await fail(world)
        try await world.system.purge()
        #expect(try await words(world) == ["account.registered success", "login.failed failure"])
        world.clock.advance(2 * 86_400)
        try await world.system.purge()
        #expect(try await words(world) == ["login.failed failure"])
    }

    @Test(
        "A source is an address, or nothing",
        arguments: [
            ("192.0.2.7", "192.0.2.7"), ("2001:db8::1", "2001:db8::1"), ("fe80::1%ada@example.org", "fe80::1"),
            ("ada@example.org", nil), ("", nil),
        ] as [(String, String?)])
    func source(_ text: String, _ wanted: String?) {
        var origin = RequestOrigin(app: "forum", uid: 1)
        origin.source = text
        #expect(origin.source == wanted)
    }
}
