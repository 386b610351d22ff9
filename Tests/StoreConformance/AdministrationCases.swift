internal import MVPAuth
internal import Testing

extension StoreConformance {
    static let administrationCases: [Case] = [
        Case("accounts are paged by time and identifier, the newest first, each once") { fixture in
            // Several of one instant: the identifier decides.
            var users: [User] = []
            for index in 0..<25 {
                users.append(try await fixture.user("user\(index)@example.org", at: fixture.start + Int64(index / 4)))
            }
            let expected = users.sorted(by: isNewer)
            for limit in [1, 4, 7, 24, 25, 100] {
                var seen: [UserID] = []
                var cursor: PageCursor<User>?
                while true {
                    let page = try await fixture.store.users(AccountFilter(), after: cursor, limit: limit)
                    #expect(page.count <= limit)
                    seen += page.map(\.id)
                    guard let last = page.last else { break }
                    cursor = PageCursor(createdAt: last.createdAt, id: last.id)
                }
                #expect(seen == expected.map(\.id), "by \(limit)")
            }
        },
        Case("a page goes on behind an account that is gone, and shows none twice") { fixture in
            var users: [User] = []
            for index in 0..<6 { users.append(try await fixture.user("user\(index)@example.org")) }
            let sorted = users.sorted(by: isNewer)
            let cursor = PageCursor<User>(createdAt: sorted[2].createdAt, id: sorted[2].id)
            #expect(try await fixture.store.delete(sorted[2].id, tombstoneUntil: fixture.start))
            #expect(try await fixture.store.delete(sorted[4].id, tombstoneUntil: fixture.start))
            _ = try await fixture.user("newer@example.org", at: fixture.start + 1)
            _ = try await fixture.user("older@example.org", at: fixture.start - 1)
            let rest = try await fixture.store.users(AccountFilter(), after: cursor, limit: 100)
            #expect(rest.map(\.email) == [sorted[3].email, sorted[5].email, "older@example.org"])
        },
        Case("accounts are found by the bytes that their address begins with") { fixture in
            for (index, address) in [
                "ada@example.org", "ada.b@example.org", "adb@example.org", "ad@example.org", "Ada@example.org",
                "ada_@example.org", "ada%@example.org", "ad\u{E9}@example.org", "ade\u{301}@example.org",
                "\u{10FFFF}@example.org", "\u{D7FF}@example.org", "\u{E000}@example.org",
            ].enumerated() {
                _ = try await fixture.user(address, at: fixture.start + Int64(index))
            }
            // Compared by bytes, as a String's == does not.
            func expect(_ prefix: String, _ addresses: String...) async throws {
                let key = AccountFilter.Key.address(canonical: prefix, written: prefix)
                let found = try await fixture.store.users(AccountFilter(key), limit: 100)
                #expect(found.map { Array($0.email.utf8) } == addresses.map { Array($0.utf8) }, "\(prefix)")
            }
            try await expect("ada", "ada%@example.org", "ada_@example.org", "ada.b@example.org", "ada@example.org")
            try await expect("ada%", "ada%@example.org")
            try await expect("ada_", "ada_@example.org")
            try await expect("ada@example.org", "ada@example.org")
            try await expect("ada@example.orgx")
            try await expect("Ada", "Ada@example.org")
            try await expect("ade", "ade\u{301}@example.org")
            try await expect("ad\u{E9}", "ad\u{E9}@example.org")
            for edge in ["\u{10FFFF}", "\u{D7FF}", "\u{E000}"] { try await expect(edge, edge + "@example.org") }
            let key = AccountFilter.Key.address(canonical: "", written: "")
            #expect(try await fixture.store.users(AccountFilter(key), limit: 100).count == 12)
        },
        Case("an account whose canonical form belongs to another is found as it is written") { fixture in
            let owner = try await fixture.user("ad\u{E9}@example.org")
            var adopted = User(
                id: .random(from: SystemEntropy()), email: "AD\u{E9}@example.org", passwordHash: fixture.hash,
                createdAt: fixture.start + 1, updatedAt: fixture.start, passwordChangedAt: fixture.start)
            adopted.emailKey = nil
            try await fixture.store.create(adopted)
            func found(_ written: String, limit: Int = 9) async throws -> [UserID] {
                let key = AccountFilter.Key.address(canonical: "ad\u{E9}", written: written)
                return try await fixture.store.users(AccountFilter(key), limit: limit).map(\.id)
            }
            #expect(try await found("AD\u{E9}") == [adopted.id, owner.id])
            #expect(try await found("AD\u{E9}", limit: 1) == [adopted.id])
            #expect(try await found("ad\u{E9}") == [owner.id])
        },
        Case("accounts are listed by identifier and by what they are") { fixture in
            let active = try await fixture.user("a@example.org", at: fixture.start + 1)
            let inactive = try await fixture.user("b@example.org", isActive: false)
            _ = try await fixture.store.verifyEmail(of: active.id, address: active.email, at: fixture.start)
            func found(_ filter: AccountFilter) async throws -> [UserID] {
                try await fixture.store.users(filter, limit: 9).map(\.id)
            }
            #expect(try await found(AccountFilter(status: .active)) == [active.id])
            #expect(try await found(AccountFilter(status: .inactive)) == [inactive.id])
            #expect(try await found(AccountFilter(status: .unverified)) == [inactive.id])
            #expect(try await found(AccountFilter(.id(active.id))) == [active.id])
            #expect(try await found(AccountFilter(.id(active.id), status: .inactive)) == [])
            let unknown = UserID.random(from: SystemEntropy())
            #expect(try await found(AccountFilter(.id(unknown))) == [])
            let key = AccountFilter.Key.address(canonical: "b@", written: "b@")
            #expect(try await found(AccountFilter(key, status: .inactive)) == [inactive.id])
            #expect(try await found(AccountFilter(key, status: .active)) == [])
        },
        Case("an account is told with its latest login, its live sessions and what waits to be sent") { fixture in
            let user = try await fixture.user()
            let empty = try await fixture.store.details(of: user.id, at: fixture.start)
            #expect(empty?.summary == AccountSummary(user: user, lastLoginAt: nil))
            try await fixture.begin(fixture.newSession(of: user, at: fixture.start + 5))
            let latest = fixture.newSession(of: user, at: fixture.start + 9)
            try await fixture.begin(latest)
            #expect(try await fixture.store.revoke(latest.id, of: user.id, at: fixture.start + 10) != nil)
            try await fixture.queue(to: user, state: .pending)
            try await fixture.queue(to: user, state: .leased)
            try await fixture.queue(to: user, state: .done)
            let account = try #require(try await fixture.store.details(of: user.id, at: fixture.start + 10))
            #expect(account.summary.lastLoginAt == fixture.start + 9)
            #expect(account.sessions == 1 && account.messages == 2)
            let listed = try await fixture.store.accounts(AccountFilter(), limit: 9)
            #expect(listed == [account.summary])
            #expect(try await fixture.store.details(of: .random(from: SystemEntropy()), at: fixture.start) == nil)
        },
        Case("what no query can ask for is looked for in the next accounts only, and goes on behind them") { fixture in
            var users: [User] = []
            for index in 0..<23 {
                let user = try await fixture.user("user\(index)@example.org", at: fixture.start + Int64(index / 3))
                users.append(user)
                guard index % 4 == 0 else { continue }
                let row = Throttle(
                    key: key(of: user), kind: .account, failures: 9, level: 9, until: fixture.start + 900,
                    updatedAt: fixture.start)
                _ = try await fixture.store.write { try $0.insert(row) }
            }
            let wanted = users.filter { user in users.firstIndex(of: user)! % 4 == 0 }.sorted(by: isNewer).map(\.id)
            for (range, limit) in [(1, 1), (5, 2), (7, 100), (100, 3), (100, 100)] {
                var seen: [UserID] = []
                var cursor: PageCursor<User>?
                var pages = 0
                repeat {
                    let place = cursor
                    let page = try await fixture.store.read { verbs in
                        let transaction = Transaction(verbs)
                        return try transaction.accounts(
                            AccountFilter(), after: place, limit: limit, lookingAt: range
                        ) { try transaction.find(Throttle.self, key(of: $0)) != nil }
                    }
                    #expect(page.accounts.count <= min(limit, range))
                    seen += page.accounts.map(\.user.id)
                    cursor = page.last.map { PageCursor(createdAt: $0.createdAt, id: $0.id) }
                    pages += 1
                } while cursor != nil && pages < 100
                #expect(seen == wanted, "\(limit) of \(range)")
            }
        },
        Case("another address has to be proved, and asks for that") { fixture in
            let user = try await fixture.user()
            _ = try await fixture.store.verifyEmail(of: user.id, address: user.email, at: fixture.start)
            let session = try await fixture.session(of: user)
            var update = AccountUpdate(of: user.id, email: try fixture.email("Eve@example.org"), at: fixture.start + 5)
            update.verification = fixture.newMessage(to: user)
            let change = try #require(try await fixture.store.update(update))
            let stored = try #require(try await fixture.store.user(user.id))
            #expect(stored.email == "eve@example.org" && stored.emailKey == "eve@example.org" && !stored.isVerified)
            #expect(stored.updatedAt == fixture.start + 5 && stored.passwordChangedAt > user.passwordChangedAt)
            #expect(change.user.email == stored.email && change.ended.isEmpty)
            #expect(try await fixture.store.session(session.id)?.revokedAt == nil)
            let messages = try await fixture.store.read { try $0.all(Query<EmailMessage>()) }
            #expect(messages.map(\.address) == ["eve@example.org"])
            #expect(try await fixture.store.user(spelled: "ada@example.org", canonical: nil) == nil)
            _ = try await fixture.user("ada@example.org")
        },
        Case("an address that the operator vouches for, and another spelling of the same, ask for nothing") { fixture in
            let user = try await fixture.user("ada@b\u{FC}cher.example", canonical: "ada@xn--bcher-kva.example")
            _ = try await fixture.store.verifyEmail(of: user.id, address: user.email, at: fixture.start)
            let respelled = try fixture.email("ada@xn--bcher-kva.example")
            for (email, isVerified) in [(respelled, nil as Bool?), (try fixture.email("eve@example.org"), true)] {
                var update = AccountUpdate(of: user.id, email: email, isVerified: isVerified, at: fixture.start + 5)
                update.verification = fixture.newMessage(to: user)
                let change = try await fixture.store.update(update)
                #expect(change?.user.isVerified == true && change?.user.email == email.spelling)
            }
            #expect(try await fixture.store.read { try $0.all(Query<EmailMessage>()) }.isEmpty)
        },
        Case("an address that another account has is not taken") { fixture in
            let user = try await fixture.user("ada@example.org")
            _ = try await fixture.user("eve@example.org")
            let update = AccountUpdate(
                of: user.id, email: try fixture.email("eve@example.org"), isActive: false, at: fixture.start + 5)
            await #expect(throws: AuthError(.userExists)) { _ = try await fixture.store.update(update) }
            #expect(try await fixture.store.user(user.id) == user, "nothing was changed")
            let unknown = AccountUpdate(of: .random(from: SystemEntropy()), isVerified: true, at: fixture.start)
            #expect(try await fixture.store.update(unknown) == nil)
        },
        Case("of accounts that want one address at once, one has it") { fixture in
            for round in 0..<10 {
                var users: [User] = []
                for index in 0..<4 { users.append(try await fixture.user("u\(round)-\(index)@example.org")) }
                let email = try fixture.email("wanted\(round)@example.org")
                let results = await withTaskGroup(of: String.self) { group in
                    for user in users {
                        group.addTask {
                            do {
                                let update = AccountUpdate(of: user.id, email: email, at: fixture.start + 5)
                                return try await fixture.store.update(update) == nil ? "none" : "changed"
                            } catch { return "\((error as? AuthError)?.code.rawValue ?? "other")" }
                        }
                    }
                    return await group.reduce(into: [String]()) { $0.append($1) }
                }
                #expect(results.sorted() == ["USER_EXISTS", "USER_EXISTS", "USER_EXISTS", "changed"])
            }
        },
        Case("a password is replaced whatever it was, and every session ends") { fixture in
            let user = try await fixture.user(isActive: true)
            let session = try await fixture.session(of: user)
            let hash = PasswordHash("$2b$04$operator")
            let change = try #require(
                try await fixture.store.replacePassword(of: user.id, by: hash, at: fixture.start + 5))
            let stored = try #require(try await fixture.store.user(user.id))
            #expect(change.ended.map(\.id) == [session.id] && stored.passwordHash == hash)
            #expect(stored.passwordGeneration == 1 && stored.revokedBefore == fixture.start + 5)
            #expect(stored.passwordChangedAt == fixture.start + 5)
            let unknown = UserID.random(from: SystemEntropy())
            #expect(try await fixture.store.replacePassword(of: unknown, by: hash, at: fixture.start) == nil)
        },
        Case("an account cannot be made anew while tokens of the deleted one may live") { fixture in
            let user = try await fixture.user()
            #expect(try await fixture.store.delete(user.id, tombstoneUntil: fixture.start + 900))
            #expect(try await fixture.store.createAccount(user) == false)
            #expect(try await fixture.store.user(user.id) == nil)
            _ = try await fixture.store.purge(expiredBefore: fixture.start + 200_000, limit: 100)
            #expect(try await fixture.store.createAccount(user))
            await #expect(throws: AuthError(.userExists)) { _ = try await fixture.store.createAccount(user) }
        },
        Case("nothing of a deleted account is left in the outbox") { fixture in
            let user = try await fixture.user()
            let other = try await fixture.user("eve@example.org")
            try await fixture.queue(to: user, state: .pending)
            try await fixture.queue(to: nil, asked: user.email, state: .done)
            try await fixture.queue(to: other, state: .pending)
            #expect(try await fixture.store.delete(user.id, tombstoneUntil: fixture.start + 900))
            let left = try await fixture.store.read { try $0.all(Query<EmailMessage>()) }
            #expect(left.map(\.userID) == [other.id])
        },
        Case("sessions are listed by account and by app, the newest first, each once") { fixture in
            let (ada, eve) = (try await fixture.user(), try await fixture.user("eve@example.org"))
            var sessions: [Session] = []
            for index in 0..<9 {
                let session = fixture.newSession(
                    of: index % 3 == 0 ? eve : ada, at: fixture.start + Int64(index / 2),
                    app: [nil, "forum", "shop"][index % 3])
                try await fixture.begin(session)
                sessions.append(session)
            }
            let sorted = sessions.sorted { one, other in
                (one.createdAt, one.id.high, one.id.low) > (other.createdAt, other.id.high, other.id.low)
            }
            func all(_ filter: SessionFilter) async throws -> [Session] {
                var seen: [Session] = []
                var cursor: PageCursor<Session>?
                while true {
                    let page = try await fixture.store.sessions(filter, after: cursor, limit: 2)
                    seen += page
                    guard let last = page.last else { return seen }
                    cursor = PageCursor(createdAt: last.createdAt, id: last.id)
                }
            }
            #expect(try await all(SessionFilter(user: ada.id)) == sorted.filter { $0.userID == ada.id })
            #expect(try await all(SessionFilter(app: "forum")) == sorted.filter { $0.app == "forum" })
            #expect(try await all(SessionFilter(user: eve.id, app: "forum")) == [])
            #expect(try await all(SessionFilter(user: eve.id)).map(\.app) == [nil, nil, nil])
        },
    ]

    private static func isNewer(_ one: User, _ other: User) -> Bool {
        (one.createdAt, one.id.high, one.id.low) > (other.createdAt, other.id.high, other.id.low)
    }
}

/// Any that names the account.
private func key(of user: User) -> String { String(user.id.description.filter { $0 != "-" }.prefix(16)) }
