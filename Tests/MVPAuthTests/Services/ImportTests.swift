import AuthCrypto
import AuthTesting
import InternationalDomains
import Testing

@testable import MVPAuth

@Suite("Taking accounts over")
struct ImportTests {
    private typealias Foreign = AccountAdministration.ForeignAccount

    private func account(_ email: String, hash: String? = nil) -> Foreign {
        var account = Foreign(email: email)
        account.passwordHash = hash.map { Secret($0) }
        return account
    }

    private func take(
        _ world: World, _ accounts: [Foreign], _ conflict: ImportConflict = .skip, isRehearsal: Bool = false
    ) async throws -> ImportReport {
        try await world.system.administration.take(
            accounts, onConflict: conflict, isRehearsal: isRehearsal, for: .local)
    }

    @Test("A bad account is told with its reason, without its hash, and stops no other")
    func errors() async throws {
        let world = try await World()
        var future = account("future@example.org")
        future.createdAt = world.clock.now() + 1
        let secret = "$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
        let report = try await take(
            world,
            [
                account("ada@example.org"), account("no address"), account("bob@example.org", hash: secret), future,
                account("carol@example.org", hash: "plain text"), account("Ada@Example.org"),
            ])
        #expect((report.created, report.updated, report.skipped) == (1, 0, 1))
        #expect(report.errors.map(\.index) == [1, 2, 3, 4])
        #expect(report.errors[0].reason == "email it must contain exactly one @")
        #expect(report.errors[1].reason.hasPrefix("password_hash costs too much"))
        #expect(report.errors[2].reason == "created_at is in the future")
        #expect(report.errors[3].reason == "password_hash is of no form that is known here")
        for error in report.errors { #expect(!error.reason.contains("CCCC") && !error.reason.contains("plain text")) }
        #expect(try await world.mails.all.isEmpty)
    }

    @Test("A rehearsal says what an import would do, and does nothing")
    func rehearsal() async throws {
        let world = try await World()
        try await world.register("bob@example.org")
        let accounts = [
            account("ada@example.org"), account("bob@example.org"), account("ADA@example.org"), account("x"),
        ]
        let rehearsed = try await take(world, accounts, isRehearsal: true)
        #expect(
            await world.code { () async throws(AuthError) in
                _ = try await world.system.users.find(email: "ada@example.org")
            } == .userNotFound)
        #expect(try await take(world, accounts) == rehearsed)
        #expect((rehearsed.created, rehearsed.skipped, rehearsed.errors.count) == (1, 2, 1))
    }

    @Test("Who is deactivated by an import is out at once")
    func deactivation() async throws {
        let world = try await World()
        try await world.register()
        let pair = try await world.login()
        var ada = account("ada@example.org")
        ada.isActive = false
        #expect(try await take(world, [ada], .update).updated == 1)
        let code = await world.verifyCode(pair.accessToken)
        #expect(code == .tokenRevoked || code == .userInactive)
        ada.isActive = true
        #expect(try await take(world, [ada], .update).updated == 1)
        _ = try await world.login()
    }

    @Test("Who comes with a hash of other software signs in, and is hashed as everybody by that")
    func firstLogin() async throws {
        let pool = HashingPool(Bcrypt(cost: 4), long: Argon2id(memoryKiB: 64, iterations: 1), threads: 1)
        let world = try await World()
        let system = try await AuthSystem(
            store: world.store, hasher: pool, signer: world.keys, domains: IDN2DomainEncoder())
        // As Django stores them, of now and of long ago.
        let report = try await system.administration.take(
            [
                account("ada@example.org", hash: Self.django), account("bob@example.org", hash: Self.digest),
            ], onConflict: .skip, isRehearsal: false, for: .local)
        #expect(report == ImportReport(created: 2))
        for (email, form) in [("ada@example.org", "pbkdf2_sha256$"), ("bob@example.org", "$fast$sha1,before$")] {
            let before = try await system.users.find(email: email).passwordHash
            #expect(before.isImported && before.text.hasPrefix(form))
            await #expect(throws: AuthError(.invalidCredentials)) {
                _ = try await system.auth.login(email: email, password: Secret("wrong password"))
            }
            #expect(try await system.users.find(email: email).passwordHash == before)
            _ = try await system.auth.login(email: email, password: Secret(Self.password))
            let after = try await system.users.find(email: email).passwordHash
            #expect(!after.isImported && after.text.hasPrefix("$2b$04$"))
            _ = try await system.auth.login(email: email, password: Secret(Self.password))
            #expect(try await system.users.find(email: email).passwordHash == after, "once")
        }
    }

    private static let password = "correct horse battery 1"
    private static let django = "pbkdf2_sha256$1001$salt$l5D41nfV4QUMxPUjJcoFJqu4y3hdX4o95GGEtOAccXk="
    private static let digest = "sha1$salt$2124b7d731ed950e146a403bad9298e649cbf511"

    @Test("An export is all accounts, a page at a time, and only its own cursors go on")
    func export() async throws {
        let world = try await World()
        for index in 0..<5 { try await world.register("user\(index)@example.org") }
        func export(_ request: PageRequest, withHashes: Bool) async throws -> Page<User> {
            try await world.system.administration.export(request, withHashes: withHashes)
        }
        let list = PagedList("admin.export_users", filters: [nil])
        let first = try await export(PageRequest(list, after: nil, limit: 3), withHashes: false)
        let second = try await export(PageRequest(list, after: first.next, limit: 3), withHashes: false)
        #expect(Set((first.elements + second.elements).map(\.email)).count == 5 && second.next == nil)
        let other = PagedList("admin.export_users", filters: ["with_hashes"])
        await #expect(throws: AuthError.self) {
            _ = try await export(PageRequest(other, after: first.next, limit: 3), withHashes: true)
        }
    }
}
