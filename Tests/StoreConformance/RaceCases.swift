internal import MVPAuth
internal import Testing

extension StoreConformance {
    /// Rounds of each race. What one leaves is removed before the next: a store may be slow with thousands of rows.
    private static let rounds = 300

    static let raceCases: [Case] = [
        Case("of 50 concurrent exchanges of one token exactly one wins, 300 times") { fixture in
            let user = try await fixture.user()
            for round in 0..<rounds {
                let session = try await fixture.session(of: user)
                let outcomes = try await race(50) { _ in
                    try await fixture.store.rotate(fixture.rotation(of: session, .generation(0)))
                }
                let winners = outcomes.count { $0.isRotated }
                let losers = outcomes.count {
                    switch $0 {
                    case .reused, .refused(.revoked): true
                    default: false
                    }
                }
                #expect(winners == 1 && losers == 49, "round \(round): \(winners) won, \(losers) lost")
                #expect(try await fixture.liveCount(of: user) == 0, "reuse is committed")
                try await fixture.forgetSessions(of: user)
            }
        },
        Case("within the leeway all of 50 get the one successor, 300 times") { fixture in
            let user = try await fixture.user()
            for round in 0..<rounds {
                let session = try await fixture.session(of: user)
                let outcomes = try await race(50) { _ in
                    try await fixture.store.rotate(fixture.rotation(of: session, .generation(0), leeway: 10))
                }
                let next = try #require(try await fixture.store.session(session.id))
                #expect(
                    outcomes.count { $0.isRotated } == 1 && next.generation == 1,
                    "round \(round)")
                #expect(outcomes.count { $0 == .replayed(next) } == 49, "round \(round)")
                try await fixture.forgetSessions(of: user)
            }
        },
        Case("of concurrent registrations of one address one wins") { fixture in
            for round in 0..<30 {
                let results = await withTaskGroup(of: Bool.self) { group in
                    for _ in 0..<20 {
                        group.addTask { (try? await fixture.user("u\(round)@example.org")) != nil }
                    }
                    return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
                #expect(results == 1)
            }
        },
        Case("no login with the old password outlives a change of it, 300 times") { fixture in
            var user = try await fixture.user()
            for round in 0..<rounds {
                let (old, new) = (user.passwordHash, PasswordHash("$2b$04$round-\(round)"))
                let current = user
                _ = try await race(9) { index in
                    if index == 4 {
                        _ = try await fixture.store.changePassword(
                            PasswordChange(user: current.id, from: old, to: new, now: fixture.start + 1))
                    } else {
                        let rehashed = index.isMultiple(of: 2) ? nil : PasswordHash(old.text)
                        try await fixture.begin(fixture.newSession(of: current), hash: old, rehashed: rehashed)
                    }
                }
                #expect(try await fixture.liveCount(of: current) == 0, "round \(round)")
                user = try #require(try await fixture.store.user(current.id))
                #expect(user.passwordHash == new)
                try await fixture.forgetSessions(of: user)
            }
        },
        Case("of 50 concurrent uses of a reset token one works") { fixture in
            for round in 0..<20 {
                let user = try await fixture.user("u\(round)@example.org")
                let outcomes = try await race(50) { index in
                    try await fixture.store.resetPassword(
                        fixture.reset(of: user, token: "token-\(round)", to: PasswordHash("hash-\(index)")))
                }
                #expect(outcomes.count { if case .changed = $0 { true } else { false } } == 1)
                #expect(outcomes.count { $0 == .stale } == 49)
            }
        },
    ]

    /// Runs `body` so many times at once.
    static func race<Value: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (Int) async throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: Value.self) { group in
            for index in 0..<count { group.addTask { try await body(index) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}
