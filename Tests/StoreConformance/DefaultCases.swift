internal import MVPAuth
internal import Testing

/// What a store answers in statements of its own is what the rules themselves answer, and leaves the same rows.
extension StoreConformance {
    static let defaultCases: [Case] =
        [
            Case("every way of a refresh ends as the default ends it") { fixture in
                for (index, step) in rotations.enumerated() {
                    try await compare(fixture, "rotation \(index)") { store, state in
                        let outcome = try await store.rotate(step(fixture, state))
                        return "\(outcome.anonymous)"
                    }
                }
            },
            Case("every way of a login ends as the default ends it") { fixture in
                for (index, step) in logins.enumerated() {
                    try await compare(fixture, "login \(index)") { store, state in
                        "\(try await store.begin(step(fixture, state)).anonymous)"
                    }
                }
            },
            Case("every way of a logout ends as the default ends it") { fixture in
                for (index, ending) in ["none", "own", "again", "unknown"].enumerated() {
                    try await compare(fixture, "logout \(ending)") { store, state in
                        let session =
                            switch ending {
                            case "own", "again": state.sessions[0].id
                            case "unknown": SessionID(high: state.tag, low: 999)
                            default: nil as SessionID?
                            }
                        var texts: [String] = []
                        for _ in 0..<(ending == "again" ? 2 : 1) {
                            let token = BlockedToken(
                                tokenID: "\(state.tag)-\(index)", kind: .access, expiresAt: fixture.start + 900)
                            let ended = try await store.logout(
                                blocking: token, ending: session, of: state.user.id, at: fixture.start + 20)
                            texts.append("\(ended.map(\.anonymous) as Any)")
                        }
                        return texts.joined(separator: ", ")
                    }
                }
            },
            Case("what may make a token dead is what the default says") { fixture in
                let defaults = Defaults(fixture.store)
                let states = [try await State(fixture, 1), try await State(fixture, 2), try await State(fixture, 3)]
                let now = fixture.start + 40
                _ = try await fixture.store.setActive(false, user: states[0].user.id, at: now)
                _ = try await fixture.store.revokeAll(of: states[1].user.id, at: now)
                _ = try await fixture.store.delete(states[2].user.id, tombstoneUntil: now + 900)
                let token = BlockedToken(tokenID: "blocked", kind: .access, expiresAt: now + 900)
                _ = try await fixture.store.logout(
                    blocking: token, ending: nil, of: states[1].user.id, at: now)
                for instant in [now, now + 700, now + 1000, now + 90_000] {
                    let (own, other) = (
                        try await fixture.store.revocations(at: instant), try await defaults.revocations(at: instant)
                    )
                    #expect(own.tokens == other.tokens)
                    // A store may remember sessions of accounts that are gone.
                    #expect(Set(own.sessions).isSuperset(of: other.sessions))
                    #expect(Set(own.inactiveUsers) == Set(other.inactiveUsers))
                    #expect(own.deletedUsers.map(\.id) == other.deletedUsers.map(\.id))
                    #expect(Set(own.cutoffs.map(\.id)) == Set(other.cutoffs.map(\.id)))
                }
            },
        ]

    /// An account with four sessions: live, rotated once with a key, ended, past its idle limit.
    struct State {
        let tag: UInt64
        let user: User
        let sessions: [Session]

        init(_ fixture: Fixture, _ tag: UInt64) async throws {
            let user = User(
                id: UserID(high: tag, low: 1), email: "user\(tag)@example.org", passwordHash: fixture.hash,
                createdAt: fixture.start, updatedAt: fixture.start, passwordChangedAt: fixture.start)
            try await fixture.store.create(user)
            var sessions: [Session] = []
            for number in 1...4 as ClosedRange<UInt64> {
                let session = Session(
                    id: SessionID(high: tag, low: number), userID: user.id, refreshTokenHash: "token-0",
                    deviceInfo: "Firefox", createdAt: fixture.start, lastUsedAt: fixture.start + Int64(number),
                    expiresAt: fixture.start + (number == 4 ? 8 : 1000), absoluteExpiresAt: fixture.start + 10_000,
                    accessExpiresAt: fixture.start + 900)
                try await fixture.begin(session)
                sessions.append(session)
            }
            let rotation = fixture.rotation(of: sessions[1], .generation(0), at: fixture.start + 5, key: "key")
            _ = try await fixture.store.rotate(rotation)
            _ = try await fixture.store.revoke(sessions[2].id, of: user.id, at: fixture.start + 6)
            self.tag = tag
            self.user = user
            self.sessions = sessions
        }

        /// Every row, without what tells one state from another.
        func rows(in store: any AuthStore) async throws -> [String] {
            let (id, email) = (user.id, user.email)
            return try await store.read { transaction in
                let user = try transaction.find(User.self, id)
                let sessions = try transaction.all(Query<Session>().where(\.userID, id))
                let rows = sessions.map(\.anonymous).sorted()
                return ["\(user?.row.dropFirst(3).map { "\($0)" } as Any) \(user?.email == email)"] + rows
            }
        }
    }

    private static func compare(
        _ fixture: Fixture, _ name: String, _ operation: (any AuthStore, State) async throws -> String
    ) async throws {
        let tag = UInt64.random(in: 1...(.max / 2))
        let (own, other) = (try await State(fixture, tag), try await State(fixture, tag + 1))
        let outcome = try await operation(fixture.store, own)
        #expect(try await operation(Defaults(fixture.store), other) == outcome, "\(name)")
        let rows = try await own.rows(in: fixture.store)
        #expect(try await other.rows(in: fixture.store) == rows, "\(name): \(outcome)")
        // Nothing of them is in the way of the next.
        for state in [own, other] { _ = try await fixture.store.delete(state.user.id, tombstoneUntil: fixture.start) }
    }

    private static let rotations: [@Sendable (Fixture, State) -> Rotation] = [
        { $0.rotation(of: $1.sessions[0], .generation(0)) },
        { $0.rotation(of: $1.sessions[0], .generation(0), key: "other", device: "Safari") },
        { $0.rotation(of: $1.sessions[0], .generation(1)) },
        { $0.rotation(of: $1.sessions[0], .hash("token-0", generation: 0)) },
        { $0.rotation(of: $1.sessions[0], .hash("token-1", generation: 0)) },
        { $0.rotation(of: $1.sessions[0], .generation(0), user: UserID(high: $1.tag, low: 2)) },
        { $0.rotation(of: $1.sessions[0], .generation(0), until: $0.start + 10_001) },
        { $0.rotation(of: $1.sessions[0], .generation(0), at: $0.start + 1000) },
        { $0.rotation(of: $1.sessions[1], .generation(1)) },
        { $0.rotation(of: $1.sessions[1], .generation(0)) },
        { $0.rotation(of: $1.sessions[1], .generation(0), reuseEnds: .session) },
        { $0.rotation(of: $1.sessions[1], .generation(0), key: "key") },
        { $0.rotation(of: $1.sessions[1], .generation(0), at: $0.start + 66, key: "key") },
        { $0.rotation(of: $1.sessions[1], .generation(0), leeway: 5) },
        { $0.rotation(of: $1.sessions[1], .hash("token-0", generation: 0)) },
        { $0.rotation(of: $1.sessions[2], .generation(0)) },
        { $0.rotation(of: $1.sessions[3], .generation(0)) },
    ]

    private static let logins: [@Sendable (Fixture, State) -> SessionStart] = [
        { login($0, $1, limit: 100) },
        { login($0, $1, limit: 2) },
        { login($0, $1, limit: 1) },
        { login($0, $1, limit: 0) },
        { login($0, $1, limit: 100, verified: PasswordHash("another")) },
        { login($0, $1, limit: 100, verified: PasswordHash($0.hash.text, isImported: true)) },
        { login($0, $1, limit: 100, rehashed: PasswordHash("$2b$12$better")) },
    ]

    private static func login(
        _ fixture: Fixture, _ state: State, limit: Int, verified: PasswordHash? = nil, rehashed: PasswordHash? = nil
    ) -> SessionStart {
        let now = fixture.start + 10
        let session = Session(
            id: SessionID(high: state.tag, low: 9), userID: state.user.id, refreshTokenHash: "new", createdAt: now,
            lastUsedAt: now, expiresAt: now + 1000, absoluteExpiresAt: now + 10_000, accessExpiresAt: now + 900)
        return SessionStart(session: session, verified: verified ?? fixture.hash, rehashed: rehashed, limit: limit)
    }
}

extension Session {
    /// Without the account that it is of.
    fileprivate var anonymous: String { "\(id.low): \(row.dropFirst(2).map { "\($0)" })" }
}

extension EndedSession {
    fileprivate var anonymous: String { "\(id.low) until \(accessExpiresAt)" }
}

extension RotationOutcome {
    fileprivate var anonymous: String {
        switch self {
        case .replayed(let session): "replayed \(session.anonymous)"
        case .reused(let ended): "reused \(ended.map(\.anonymous).sorted())"
        case .rotated, .outlives, .refused: "\(self)"
        }
    }
}

extension SessionStartOutcome {
    fileprivate var anonymous: String {
        switch self {
        case .begun(let ended): "begun \(ended.map(\.anonymous).sorted())"
        case .refused: "refused"
        }
    }
}
