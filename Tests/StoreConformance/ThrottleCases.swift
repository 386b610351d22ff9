internal import MVPAuth
internal import Testing

extension StoreConformance {
    static let throttleCases: [Case] = [
        Case("a login's subject is the account and the rows of its keys, with or without either") { fixture in
            let user = try await fixture.user("Ada@Example.org", canonical: "ada@example.org")
            let rows = [row(1), row(2, kind: .source), row(3, kind: .device), row(4, kind: .kept)]
            for row in rows { #expect(try await fixture.store.insert(row)) }
            let stores: [any AuthStore] = [fixture.store, Defaults(fixture.store)]
            for store in stores {
                for spelling in ["Ada@Example.org", "ADA@example.org", "nobody@example.org"] {
                    for numbers in [[], [1], [1, 2], [9, 3], [1, 2, 3, 4], [9], [1, 2, 3, 4, 8, 9]] as [[Int]] {
                        let subject = try await store.subject(
                            spelled: spelling, canonical: fixture.email(spelling), keys: numbers.map { key($0) })
                        #expect(subject.user == (spelling.hasPrefix("nobody") ? nil : user))
                        let wanted = rows.filter { row in numbers.contains { key($0) == row.key } }
                        #expect(subject.throttles.sorted { $0.key < $1.key } == wanted, "\(spelling) \(numbers)")
                    }
                }
            }
            // What has no canonical form is found by its spelling alone.
            let spelled = try await fixture.store.subject(spelled: "Ada@Example.org", canonical: nil, keys: [])
            #expect(spelled.user == user)
            #expect(try await fixture.store.subject(spelled: "ada@example.org", canonical: nil, keys: []).user == nil)
        },
        Case("attempts are counted beforehand only where nobody else was quicker, all or none") { fixture in
            let (old, new) = (row(1, failures: 5), row(1, failures: 6))
            let isFirst = try await fixture.store.reserve([ThrottleStep(before: nil, after: old)])
            #expect(isFirst)
            #expect(try await !fixture.store.reserve([ThrottleStep(before: nil, after: new)]))
            #expect(try await fixture.store.throttle(key(1)) == old)
            let total = row(2, failures: 9)
            let steps = [
                ThrottleStep(before: old, after: new), ThrottleStep(before: row(2, failures: 8), after: total),
            ]
            #expect(try await !fixture.store.reserve(steps), "the second row is not there")
            #expect(try await fixture.store.throttle(key(1)) == old)
            #expect(try await fixture.store.reserve([steps[0], ThrottleStep(before: nil, after: total)]))
            #expect(try await fixture.store.throttle(key(1)) == new)
            #expect(try await fixture.store.throttle(key(2)) == total)
        },
        Case("what was counted for nothing is taken back, also when others have been counted since") { fixture in
            let steps = [
                ThrottleStep(before: row(1, failures: 3), after: row(1, failures: 4)),
                ThrottleStep(before: nil, after: row(2, failures: 1)),
            ]
            _ = try await fixture.store.insert(row(1, failures: 3))
            #expect(try await fixture.store.reserve(steps))
            try await fixture.store.write { try Transaction($0).giveBack(steps) }
            #expect(try await fixture.store.throttle(key(1)) == row(1, failures: 3))
            #expect(try await fixture.store.throttle(key(2)) == nil)
            #expect(try await fixture.store.reserve(steps))
            let later = row(1, failures: 5, at: fixture.start + 60)
            #expect(try await fixture.store.reserve([ThrottleStep(before: steps[0].after, after: later)]))
            try await fixture.store.write { try Transaction($0).giveBack([steps[0]]) }
            let left = try #require(try await fixture.store.throttle(key(1)))
            #expect(left.failures == 4 && left.until == later.until)
        },
        Case("of 50 concurrent attempts one is counted, and of 20 failures every one, 5 times") { fixture in
            for round in 0..<5 {
                let number = 100 + round
                let reserved = try await race(50) { index in
                    try await fixture.store.reserve([ThrottleStep(before: nil, after: row(number, failures: 1))])
                }
                #expect(reserved.count { $0 } == 1, "round \(round)")
                let before = try #require(try await fixture.store.throttle(key(number)))
                let next = try await race(50) { index in
                    try await fixture.store.reserve([ThrottleStep(before: before, after: row(number, failures: 2))])
                }
                #expect(next.count { $0 } == 1, "round \(round)")
                let other = 200 + round
                _ = try await race(20) { _ in try await fixture.store.countFailure(other) }
                #expect(try await fixture.store.throttle(key(other))?.failures == 20, "round \(round)")
            }
        },
        Case("a login opens its account in its own transaction, and leaves the delay of others") { fixture in
            let user = try await fixture.user()
            let closed = row(1, kind: .kept, failures: 80, level: 15)
            for row in [closed, row(2, kind: .device, failures: 4)] { _ = try await fixture.store.insert(row) }
            let release = ThrottleRelease(account: key(1), removed: [key(2)])
            func start(_ hash: PasswordHash) -> SessionStart {
                SessionStart(
                    session: fixture.newSession(of: user), verified: hash, rehashed: nil, limit: 100, release: release)
            }
            #expect(try await fixture.store.begin(start(PasswordHash("another"))) == .refused)
            #expect(try await fixture.store.throttle(key(1)) == closed, "what was refused opens nothing")
            #expect(try await fixture.store.begin(start(fixture.hash)) == .begun(ended: []))
            let open = try #require(try await fixture.store.throttle(key(1)))
            #expect(open == row(1, failures: 0, level: 15))
            #expect(try await fixture.store.throttle(key(2)) == nil)
        },
        Case("a new password opens the account") { fixture in
            let user = try await fixture.user()
            for number in [1, 2] { _ = try await fixture.store.insert(row(number, kind: .kept, failures: 100)) }
            let change = PasswordChange(
                user: user.id, from: fixture.hash, to: PasswordHash("new"),
                release: ThrottleRelease(account: key(1), removed: [key(2)]), now: fixture.start)
            _ = try await fixture.store.changePassword(change)
            #expect(try await fixture.store.throttle(key(1))?.failures == 0)
            #expect(try await fixture.store.throttle(key(2)) == nil)
        },
        Case("rows go a day after their last failure; closed ones of accounts stay") { fixture in
            let old = fixture.start - 90_000
            let rows = [
                row(1, at: old), row(2, kind: .source, at: old), row(3, kind: .device, at: old),
                row(4, kind: .kept, at: old), row(5, at: fixture.start),
            ]
            for row in rows { _ = try await fixture.store.insert(row) }
            for store in [fixture.store, Defaults(fixture.store)] as [any AuthStore] {
                while try await store.purge(expiredBefore: fixture.start - 86_400, limit: 2) == 2 {}
                var left: [Int] = []
                for number in 1...5 where try await store.throttle(key(number)) != nil { left.append(number) }
                #expect(left == [4, 5])
            }
        },
    ]

    private static let start = Timestamp(microseconds: 1_772_366_400_123_456)

    private static func key(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func row(
        _ number: Int, kind: Throttle.Kind = .account, failures: Int64 = 3, level: Int64 = 3, at now: Timestamp = start
    ) -> Throttle {
        Throttle(key: key(number), kind: kind, failures: failures, level: level, until: now + 8, updatedAt: now)
    }
}

extension AuthStore {
    fileprivate func insert(_ throttle: Throttle) async throws(AuthError) -> Bool {
        try await write { try $0.insert(throttle) }
    }

    fileprivate func throttle(_ key: String) async throws(AuthError) -> Throttle? {
        try await read { try $0.find(Throttle.self, key) }
    }

    fileprivate func reserve(_ steps: [ThrottleStep]) async throws(AuthError) -> Bool {
        try await write { try Transaction($0).reserve(steps) }
    }

    fileprivate func countFailure(_ number: Int) async throws(AuthError) {
        let key = String(repeating: "0", count: 16 - String(number).count) + String(number)
        try await write { verbs in
            try Transaction(verbs).countFailure(Throttle.Identity(key: key, kind: .account, belongsToUser: true)) {
                Throttle(
                    key: key, kind: .account, failures: ($0?.failures ?? 0) + 1, level: 0,
                    until: Timestamp(microseconds: 0), updatedAt: Timestamp(microseconds: 0))
            }
        }
    }
}
