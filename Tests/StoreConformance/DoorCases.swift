internal import MVPAuth
internal import Testing

/// What the door itself promises: verbs over rows, everything or nothing.
extension StoreConformance {
    static let doorCases: [Case] = [
        Case("what is thrown inside undoes everything and reaches the caller") { fixture in
            let user = try await fixture.user()
            let session = try await fixture.session(of: user)
            let other = user.renamed("bob@example.org")
            await #expect(throws: AuthError(.sessionNotFound)) {
                try await fixture.store.write { transaction in
                    #expect(try transaction.insert(other))
                    var changed = user
                    changed.isVerified = true
                    try transaction.update(changed)
                    try transaction.delete(Query<Session>(session.id))
                    #expect(try transaction.find(User.self, user.id)?.isVerified == true, "its own doing is seen")
                    #expect(try transaction.find(Session.self, session.id) == nil)
                    throw AuthError(.sessionNotFound)
                }
            }
            #expect(try await fixture.store.user(other.id) == nil)
            #expect(try await fixture.store.user(user.id) == user)
            #expect(try await fixture.store.session(session.id) == session)
        },
        Case("an insert of what is taken says so and changes nothing") { fixture in
            let user = try await fixture.user("ada@example.org")
            let sameKey = User(
                id: user.id, email: "bob@example.org", passwordHash: fixture.hash, createdAt: fixture.start,
                updatedAt: fixture.start, passwordChangedAt: fixture.start)
            let sameAddress = user.renamed("ada@example.org")
            let taken = try await fixture.store.write { transaction in
                [try transaction.insert(sameKey), try transaction.insert(sameAddress)]
            }
            #expect(taken == [false, false])
            #expect(try await fixture.store.user(user.id) == user)
            let free = try await fixture.store.write { try $0.insert(user.renamed("bob@example.org")) }
            #expect(free, "the address is not taken by a row that was not inserted")
        },
        Case("any number of rows may have no value where only one may have one") { fixture in
            for name in ["ada", "bob"] {
                var user = fixture.account("\(name)@example.org")
                user.emailKey = nil
                let keyless = user
                try await fixture.store.create(fixture.account("\(name)@example.org", id: user.id))
                try await fixture.store.write { try $0.update(keyless) }
                #expect(try await fixture.store.user(keyless.id) == keyless)
            }
            #expect(try await fixture.store.read { try $0.all(Query<User>().where(\.emailKey, nil)) }.count == 2)
        },
        Case("rows are found by what they are equal to, less than and greater than") { fixture in
            let users = try await fixture.series(5)
            let found = try await fixture.store.read { transaction in
                let second = fixture.start + 2
                return [
                    try transaction.all(Query<User>().where(\.createdAt, second)),
                    try transaction.all(Query<User>().where(\.createdAt, before: second)),
                    try transaction.all(Query<User>().where(\.createdAt, after: second)),
                    try transaction.all(Query<User>().where(\.createdAt, after: second).where(\.isVerified, true)),
                    try transaction.all(Query<User>().where(\.isVerified, false)),
                    try transaction.all(Query<User>().where(\.revokedBefore, after: fixture.start)),
                    try transaction.all(Query<User>(users[3].id).where(\.isVerified, false)),
                ].map { Set($0.map(\.id)) }
            }
            let ids = users.map(\.id)
            #expect(
                found == [[ids[2]], [ids[0], ids[1]], [ids[3], ids[4]], [ids[4]], [ids[1], ids[3]], [], [ids[3]]])
        },
        Case("pages in an order see each row once") { fixture in
            let users = try await fixture.series(7)
            for ascending in [true, false] {
                var seen: [UserID] = []
                var last: User?
                while seen.count <= users.count {
                    let query = Query<User>().ordered(by: \.updatedAt, ascending: ascending)
                        .ordered(by: \.id, ascending: ascending).limited(to: 2)
                    let page = try await fixture.store.read { [last] in
                        try $0.all(last.map { query.after($0) } ?? query)
                    }
                    guard !page.isEmpty else { break }
                    seen += page.map(\.id)
                    last = page.last
                }
                let sorted = users.sorted {
                    ($0.updatedAt, $0.id.high, $0.id.low) < ($1.updatedAt, $1.id.high, $1.id.low)
                }.map(\.id)
                #expect(seen == (ascending ? sorted : sorted.reversed()))
            }
        },
        Case("rows are counted as they are found") { fixture in
            for index in 0..<7 { _ = try await fixture.user("user\(index)@example.org", isActive: index % 3 != 0) }
            let all = Query<User>()
            for query in [
                all, all.where(\.isActive, true), all.where(\.isActive, false), all.limited(to: 4), all.limited(to: 0),
                all.where(\.email, "none@example.org"), all.where(\.emailKey, beginning: "user1"),
                all.where(\.emailKey, String?.none), all.where(\.createdAt, before: fixture.start + 1),
                all.where(\.createdAt, after: fixture.start),
            ] {
                let (found, counted) = try await fixture.store.read { (try $0.all(query).count, try $0.count(query)) }
                #expect(found == counted, "\(query.conditions)")
            }
            #expect(try await fixture.store.read { try $0.count(all) } == 7)
        },
        Case("rows go by a query, at most so many") { fixture in
            let users = try await fixture.series(5)
            let counts = try await fixture.store.write { transaction in
                [
                    try transaction.delete(
                        Query<User>().where(\.createdAt, before: fixture.start + 3).ordered(by: \.createdAt)
                            .limited(to: 2)),
                    try transaction.delete(Query<User>().where(\.createdAt, before: fixture.start + 3)),
                    try transaction.delete(Query<User>().where(\.createdAt, before: fixture.start + 3)),
                ]
            }
            #expect(counts == [2, 1, 0])
            let left = try await fixture.store.read { try $0.all(Query<User>()) }
            #expect(Set(left.map(\.id)) == Set(users[3...].map(\.id)))
        },
        Case("what is updated and not there does not come to be") { fixture in
            let user = fixture.account("ada@example.org")
            try await fixture.store.write { try $0.update(user) }
            #expect(try await fixture.store.user(user.id) == nil)
        },
        Case("of those who read and write one row none is lost") { fixture in
            let user = try await fixture.user()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        try await fixture.store.write { transaction in
                            guard var current = try transaction.find(User.self, user.id) else { return }
                            current.passwordGeneration += 1
                            try transaction.update(current)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await fixture.store.user(user.id)?.passwordGeneration == 50)
        },
    ]
}

extension Fixture {
    fileprivate func account(_ email: String, id: UserID? = nil) -> User {
        User(
            id: id ?? .random(from: SystemEntropy()), email: email, passwordHash: hash, createdAt: start,
            updatedAt: start,
            passwordChangedAt: start)
    }

    /// Accounts a second apart; every other one is verified, and two at a time were changed together.
    fileprivate func series(_ count: Int) async throws -> [User] {
        var users: [User] = []
        for index in 0..<count {
            let user = User(
                id: .random(from: SystemEntropy()), email: "user\(index)@example.org", passwordHash: hash,
                isVerified: index.isMultiple(of: 2), createdAt: start + Int64(index),
                updatedAt: start + Int64(index / 2), passwordChangedAt: start)
            try await store.create(user)
            users.append(user)
        }
        return users
    }
}

extension User {
    /// Another account of the same kind.
    fileprivate func renamed(_ email: String) -> User {
        User(
            id: .random(from: SystemEntropy()), email: email, passwordHash: passwordHash, createdAt: createdAt,
            updatedAt: updatedAt, passwordChangedAt: passwordChangedAt)
    }
}
