internal import MVPAuth
internal import Testing

extension StoreConformance {
    static let passwordCases: [Case] = [
        Case("a password changes while the verified hash is the stored one") { fixture in
            let user = try await fixture.user()
            let session = try await fixture.session(of: user)
            let now = fixture.start + 30
            let change = PasswordChange(user: user.id, from: fixture.hash, to: PasswordHash("$2b$04$new"), now: now)
            guard case .changed(let result) = try await fixture.store.changePassword(change) else {
                Issue.record("the password was not changed")
                return
            }
            #expect(result.ended.map(\.id) == [session.id])
            #expect(result.user.passwordGeneration == user.passwordGeneration + 1)
            #expect(result.user.passwordChangedAt == now && result.user.revokedBefore == now)
            #expect(try await fixture.store.user(user.id) == result.user)
            #expect(try await fixture.store.changePassword(change) == .stale)
            #expect(try await fixture.liveCount(of: user) == 0)
        },
        Case("the usual form of the passwords is the most frequent one") { fixture in
            #expect(try await fixture.store.usualPasswordForm() == nil)
            let argon2id = "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBzYWx0$c29tZSBoYXNo"
            let hashes = ["$2b$12$a", "$2a$12$b", "$2y$12$c", "$2b$10$d", "$2b$10$e", argon2id, "malformed"]
            for (index, hash) in hashes.enumerated() {
                _ = try await fixture.user("u\(index)@example.org", hash: PasswordHash(hash, isImported: true))
            }
            #expect(try await fixture.store.usualPasswordForm()?.text == "$2b$12$")
            for index in 7..<12 {
                _ = try await fixture.user("u\(index)@example.org", hash: PasswordHash(argon2id))
            }
            #expect(try await fixture.store.usualPasswordForm()?.text == "$argon2id$v=19$m=19456,t=2,p=1$")
        },
        Case("an inactive or missing account's password does not change") { fixture in
            let user = try await fixture.user(isActive: false)
            let change = PasswordChange(user: user.id, from: fixture.hash, to: PasswordHash("n"), now: fixture.start)
            #expect(try await fixture.store.changePassword(change) == .inactive)
            let missing = PasswordChange(
                user: .random(from: SystemEntropy()), from: fixture.hash, to: PasswordHash("n"), now: fixture.start)
            #expect(try await fixture.store.changePassword(missing) == .stale)
        },
        Case("a mark of import is part of the hash") { fixture in
            let user = try await fixture.user(hash: PasswordHash("$2b$04$x", isImported: true))
            let change = PasswordChange(
                user: user.id, from: PasswordHash("$2b$04$x"), to: PasswordHash("n"), now: fixture.start)
            #expect(try await fixture.store.changePassword(change) == .stale)
        },
        Case("a reset works once, verifies the address and ends every session") { fixture in
            let user = try await fixture.user()
            _ = try await fixture.session(of: user)
            guard case .changed(let result) = try await fixture.store.resetPassword(fixture.reset(of: user)) else {
                Issue.record("the password was not reset")
                return
            }
            #expect(result.user.isVerified && result.ended.count == 1)
            #expect(result.user.passwordHash == PasswordHash("$2b$04$reset"))
            #expect(try await fixture.store.resetPassword(fixture.reset(of: user)) == .stale)
            #expect(
                try await fixture.store.resetPassword(fixture.reset(of: user, validity: .generation(1))) == .stale,
                "consumed is consumed, whatever the generation")
        },
        Case("of two outstanding resets the second dies with the first") { fixture in
            let user = try await fixture.user()
            _ = try await fixture.store.resetPassword(fixture.reset(of: user, token: "one"))
            #expect(try await fixture.store.resetPassword(fixture.reset(of: user, token: "two")) == .stale)
        },
        Case("a reset that names no generation must be younger than the password") { fixture in
            let user = try await fixture.user()
            let second = user.passwordChangedAt.seconds
            let older = fixture.reset(of: user, token: "older", validity: .issuedAt(second))
            #expect(try await fixture.store.resetPassword(older) == .stale)
            let younger = fixture.reset(of: user, token: "younger", validity: .issuedAt(second + 1))
            guard case .changed = try await fixture.store.resetPassword(younger) else {
                Issue.record("a younger reset was refused")
                return
            }
        },
        Case("a reset is bound to its address and to an active account") { fixture in
            let user = try await fixture.user()
            let foreign = fixture.reset(of: user, address: "other@example.org")
            #expect(try await fixture.store.resetPassword(foreign) == .stale)
            let inactive = try await fixture.user("bob@example.org", isActive: false)
            #expect(try await fixture.store.resetPassword(fixture.reset(of: inactive)) == .inactive)
        },
        Case("a refused reset does not consume its token") { fixture in
            let user = try await fixture.user()
            _ = try await fixture.store.setActive(false, user: user.id, at: fixture.start)
            #expect(try await fixture.store.resetPassword(fixture.reset(of: user)) == .inactive)
            _ = try await fixture.store.setActive(true, user: user.id, at: fixture.start)
            guard case .changed = try await fixture.store.resetPassword(fixture.reset(of: user)) else {
                Issue.record("the token was consumed by a refusal")
                return
            }
        },
    ]
}
