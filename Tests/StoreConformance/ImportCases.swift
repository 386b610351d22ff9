internal import MVPAuth
internal import Testing

/// Accounts that come from elsewhere, and go there.
extension StoreConformance {
    static let importCases: [Case] = [
        Case("an account is taken over whole, once, and by the same import again not touched") { fixture in
            let account = try ImportedAccount(
                id: .random(from: SystemEntropy()), email: fixture.email("ada@example.org"), passwordHash: foreign,
                isVerified: true, isActive: false, createdAt: fixture.start - 1000)
            #expect(try await fixture.take(account) == .created)
            let user = try #require(try await fixture.store.user(account.id!))
            #expect(user.email == "ada@example.org" && user.passwordHash == foreign)
            #expect(user.isVerified && !user.isActive && user.createdAt == fixture.start - 1000)
            #expect(user.updatedAt == fixture.start && user.passwordChangedAt == fixture.start)
            for conflict in ImportConflict.allCases {
                #expect(try await fixture.take(account, conflict) == .skipped)
                var unnamed = account
                unnamed.id = nil
                #expect(try await fixture.take(unnamed, conflict) == .skipped)
            }
            #expect(try await fixture.store.user(user.id) == user)
        },
        Case("an account that brings nothing but an address is active, unverified and without a password") { fixture in
            let id = UserID.random(from: SystemEntropy())
            let account = try ImportedAccount(email: fixture.email("ada@example.org"))
            #expect(try await fixture.take(account, newID: id) == .created)
            let user = try #require(try await fixture.store.user(id))
            #expect(user.isActive && !user.isVerified && user.passwordHash == .none && user.createdAt == fixture.start)
        },
        Case("an account that is there is updated where that is asked for, and its owner's sessions with it") {
            fixture in
            let user = try await fixture.user(hash: foreign)
            let session = fixture.newSession(of: user)
            _ = try await fixture.begin(session, hash: foreign)
            let other = PasswordHash("pbkdf2_sha256$1$other", isImported: true)
            var account = try ImportedAccount(
                id: user.id, email: fixture.email("bob@example.org"), passwordHash: other, isVerified: true)
            #expect(try await fixture.take(account) == .skipped)
            #expect(try await fixture.store.user(user.id) == user)
            #expect(try await fixture.take(account, .update) == .updated(user.id, changesActivity: false))
            let updated = try #require(try await fixture.store.user(user.id))
            #expect(updated.email == "bob@example.org" && updated.isVerified && updated.passwordHash == other)
            #expect(updated.passwordGeneration == user.passwordGeneration + 1)
            #expect(try await fixture.store.session(session.id)?.isRevoked == true)
            account.isActive = false
            #expect(try await fixture.take(account, .update) == .updated(user.id, changesActivity: true))
            #expect(try await fixture.store.user(user.id)?.isActive == false)
            #expect(try await fixture.take(account, .update) == .skipped)
        },
        Case("a password that was set or hashed here is not taken back by an import") { fixture in
            for hash in [PasswordHash("$2b$04$own"), PasswordHash("$2b$04$own", isImported: true), PasswordHash.none] {
                let user = try await fixture.user(hash: hash)
                let account = try ImportedAccount(email: fixture.email(user.email), passwordHash: foreign)
                let isReplaced = hash.isImported || hash == .none
                let outcome = try await fixture.take(account, .update)
                #expect(outcome == (isReplaced ? .updated(user.id, changesActivity: false) : .skipped))
                #expect(try await fixture.store.user(user.id)?.passwordHash == (isReplaced ? foreign : hash))
                #expect(try await fixture.store.delete(user.id, tombstoneUntil: fixture.start))
            }
        },
        Case("an account that would be two, or a dead one, is refused") { fixture in
            let ada = try await fixture.user("ada@example.org")
            let bob = try await fixture.user("bob@example.org")
            let both = try ImportedAccount(id: ada.id, email: fixture.email(bob.email))
            for conflict in ImportConflict.allCases {
                #expect(try await fixture.take(both, conflict) == .refused("email is the address of another account"))
            }
            #expect(try await fixture.store.delete(ada.id, tombstoneUntil: fixture.start + 900))
            let dead = try ImportedAccount(id: ada.id, email: fixture.email("ada@example.org"))
            #expect(try await fixture.take(dead) == .refused("id is that of an account that was deleted just now"))
            #expect(try await fixture.store.user(ada.id) == nil)
        },
        Case("an account that comes twice in a batch is there once") { fixture in
            let account = try ImportedAccount(email: fixture.email("ada@example.org"))
            let start = fixture.start
            let ids = (0..<3).map { _ in UserID.random(from: SystemEntropy()) }
            let outcomes = try await fixture.store.write { verbs in
                let transaction = Transaction(verbs)
                return try ids.map { try transaction.take(account, onConflict: .skip, newID: $0, at: start) }
            }
            #expect(outcomes == [.created, .skipped, .skipped])
        },
        Case("an export has every account once, the oldest first, and those that come meanwhile") { fixture in
            var expected: [UserID] = []
            for index in 0..<9 {
                let account = try ImportedAccount(
                    email: fixture.email("user\(index)@example.org"), createdAt: fixture.start + Int64(index / 3))
                let id = UserID(high: 7, low: UInt64(index))
                #expect(try await fixture.take(account, newID: id) == .created)
                expected.append(id)
            }
            var seen: [UserID] = []
            var cursor: PageCursor<User>?
            while true {
                let place = cursor
                let page = try await fixture.store.read { try Transaction($0).export(after: place, limit: 4) }
                if seen.count == 4 {
                    let late = try ImportedAccount(
                        email: fixture.email("late@example.org"), createdAt: fixture.start + 99)
                    #expect(try await fixture.take(late, newID: UserID(high: 8, low: 0)) == .created)
                }
                seen += page.map(\.id)
                guard let last = page.last else { break }
                cursor = PageCursor(createdAt: last.createdAt, id: last.id)
            }
            #expect(seen == expected + [UserID(high: 8, low: 0)])
        },
    ]

    private static let foreign = PasswordHash("pbkdf2_sha256$1$salt$hash", isImported: true)
}

extension Fixture {
    fileprivate func take(
        _ account: ImportedAccount, _ conflict: ImportConflict = .skip, newID: UserID? = nil
    ) async throws -> ImportOutcome {
        let (id, start) = (newID ?? .random(from: SystemEntropy()), start)
        return try await store.write {
            try Transaction($0).take(account, onConflict: conflict, newID: id, at: start)
        }
    }
}
