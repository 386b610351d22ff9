import AuthTesting
import StoreConformance
import Testing

@testable import MVPAuth

@Suite("Addresses as people type them")
struct AddressTests {
    @Test("The space that a phone adds makes no other account", arguments: ["ada@example.org ", " Ada@example.org\n"])
    func spaces(typed: String) async throws {
        let world = try await World()
        let user = try await world.register(typed)
        #expect(user.email == "ada@example.org")
        _ = try await world.login("\tada@example.org")
        #expect(
            await world.code { () async throws(AuthError) in
                _ = try await world.system.users.register(email: "ada@example.org", password: world.password)
            } == .userExists)
        try await world.system.passwords.forgotPassword(email: "  ADA@example.org  ")
        let mail = try await world.mails.all.last
        #expect(mail?.kind == .passwordReset && mail?.email == "ada@example.org")
    }

    @Test("A domain in other letters comes back as it was written, and is one account in every spelling")
    func internationalDomain() async throws {
        let world = try await World()
        let user = try await world.register("Ada@bücher.example")
        #expect(user.email == "ada@bücher.example")
        #expect(try await world.system.users.currentUser(user.id).email == "ada@bücher.example")
        #expect(
            try await world.mails.all.last?.email == "ada@xn--bcher-kva.example", "every mail server takes this form")
        for spelled in ["ADA@BÜCHER.example", "ada@xn--bcher-kva.example", "ada@bu\u{308}cher.example"] {
            _ = try await world.login(spelled)
            #expect(
                await world.code { () async throws(AuthError) in
                    _ = try await world.system.users.register(email: spelled, password: world.password)
                } == .userExists)
        }
        #expect(try await world.system.users.verifyEmail(token: world.mails.token(.verification)).isVerified)
        try await world.system.passwords.forgotPassword(email: "ada@xn--bcher-kva.example")
        try await world.system.passwords.resetPassword(
            token: world.mails.token(.passwordReset), newPassword: Secret("another long phrase"))
    }

    @Test(
        "What is no address is a wrong login like any other, and no registration",
        arguments: ["ada", "ada@localhost", "ada@com", "", " ", "@", "a@b@c.org", "ada@example.org\u{0}"])
    func noAddress(typed: String) async throws {
        let world = try await World()
        try await world.register()
        #expect(
            await world.code { () async throws(AuthError) in
                _ = try await world.system.auth.login(email: typed, password: world.password)
            } == .invalidCredentials)
        #expect(
            await world.code { () async throws(AuthError) in
                _ = try await world.system.users.register(email: typed, password: world.password)
            } == .validation)
    }

    @Test("An adopted row that breaks a rule still signs in by its spelling")
    func adopted() async throws {
        let world = try await World()
        let now = world.clock.now()
        try await world.store.create(
            User(
                id: .random(from: SystemEntropy()), email: "Root@localhost",
                passwordHash: PasswordHash("plain:correct horse battery"), createdAt: now, updatedAt: now,
                passwordChangedAt: now))
        _ = try await world.login("Root@localhost")
        _ = try await world.login("Root@localhost ")
        try await world.system.passwords.forgotPassword(email: "Root@localhost")
        try await world.system.passwords.resetPassword(
            token: world.mails.token(.passwordReset), newPassword: Secret("another long phrase"))
    }

    @Test(
        "Whether a row has an address is told by no answer of those who send mail",
        arguments: [
            "Root@localhost", "ada@com", "a@b@c.org", "\"a b\"@example.org", "a@example.org\u{0}", "@@@",
            "ada@exam\u{212A}ple.org", String(repeating: "a", count: 65) + "@example.org",
            String(repeating: "a", count: 1014) + "@b", String(repeating: "a", count: 1015) + "@b",
            "nobody", "@localhost", "ada@", "@", "@@", "", " \u{3000}", "a@example.org", " A@example.org\t",
        ])
    func enumeration(typed: String) async throws {
        let (without, with) = (try await World(), try await World())
        let now = with.clock.now()
        for spelled in [typed, EmailPolicy.trimmed(typed)] {
            try? await with.store.create(
                User(
                    id: .random(from: SystemEntropy()), email: spelled, passwordHash: PasswordHash("*"),
                    createdAt: now, updatedAt: now, passwordChangedAt: now))
        }
        func codes(_ world: World) async -> [AuthError.Code?] {
            await [
                world.code { () async throws(AuthError) in
                    try await world.system.passwords.forgotPassword(email: typed)
                },
                world.code { () async throws(AuthError) in
                    try await world.system.users.resendVerification(email: typed)
                },
            ]
        }
        let answers = await codes(without)
        #expect(await codes(with) == answers)
        let mayHaveMail = EmailPolicy.trimmed(typed).utf8.count <= 1016 && typed.dropFirst().dropLast().contains("@")
        #expect(answers == (mayHaveMail ? [nil, nil] : [.validation, .validation]))
        let (none, some) = (try await without.mails.all, try await with.mails.all)
        #expect(none.isEmpty && some.isEmpty == !mayHaveMail)
    }
}
