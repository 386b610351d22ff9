import MVPAuth
import Testing

/// Both sides of every bound of ``Rotation/decision(for:userIsActive:)``.
@Suite("What a refresh token is worth")
struct RotationDecisionTests {
    private static let start = Timestamp(seconds: 1_772_366_400)
    private static let user = UserID.random(from: SystemEntropy())

    /// A session in its third generation, used a hundred seconds after its login.
    private static let stored: Session = {
        var session = Session(
            id: .random(from: SystemEntropy()), userID: user, refreshTokenHash: "hash-2", createdAt: start,
            lastUsedAt: start + 100, expiresAt: start + 1000, absoluteExpiresAt: start + 2000,
            accessExpiresAt: start + 500)
        session.generation = 2
        session.rotationKeyHash = "key"
        return session
    }()

    private func rotation(
        _ presented: Rotation.Presented, after microseconds: Int64 = 1, leeway: Int64 = 0, key: String? = nil,
        by user: UserID = user, until end: Timestamp? = nil
    ) -> Rotation {
        let now = Timestamp(microseconds: Self.stored.lastUsedAt.microseconds + microseconds)
        return Rotation(
            session: Self.stored.id, user: user, presented: presented, keyHash: key, successorHash: "hash-3",
            deviceInfo: nil, ipAddress: nil, now: now,
            idleExpiry: end ?? min(now + 1000, Self.stored.absoluteExpiresAt), accessExpiresAt: now + 900,
            leewaySeconds: leeway, reuseEnds: .user)
    }

    private func decision(_ rotation: Rotation, on change: (inout Session) -> Void = { _ in }) -> Rotation.Decision {
        var session = Self.stored
        change(&session)
        return rotation.decision(for: session, userIsActive: true)
    }

    @Test("The stored generation rotates, an earlier one is reuse, a later one is unknown")
    func generations() {
        #expect(decision(rotation(.generation(2))) == .rotate)
        for earlier in [Int64.min, -1, 0, 1] { #expect(decision(rotation(.generation(earlier))) == .reuse) }
        for later in [Int64(3), 4, .max] { #expect(decision(rotation(.generation(later))) == .refuse(.unknown)) }
    }

    @Test("A successor ends with its session at the latest; what is no rotation does not ask for its end")
    func outlives() {
        let end = Self.stored.absoluteExpiresAt
        let beyond = Timestamp(microseconds: end.microseconds + 1)
        for current in [Rotation.Presented.generation(2), .hash("hash-2", generation: 2)] {
            #expect(decision(rotation(current, until: end)) == .rotate)
            #expect(decision(rotation(current, until: beyond)) == .outlives)
        }
        #expect(decision(rotation(.generation(1), until: beyond)) == .reuse)
        #expect(decision(rotation(.generation(1), key: "key", until: beyond)) == .replay)
        #expect(decision(rotation(.generation(3), until: beyond)) == .refuse(.unknown))
        #expect(decision(rotation(.generation(2), until: beyond)) { $0.revokedAt = Self.start } == .refuse(.revoked))
    }

    @Test("A token without a generation goes by its hash")
    func hashes() {
        #expect(decision(rotation(.hash("hash-2", generation: 2))) == .rotate)
        #expect(decision(rotation(.hash("hash-1", generation: 2))) == .reuse)
        #expect(decision(rotation(.hash("hash-2", generation: 1))) == .reuse, "it was used while it was being read")
        #expect(
            decision(rotation(.hash("hash-2", generation: 1), leeway: 10)) == .replay,
            "the one who lost the race gets what the other got")
        #expect(
            decision(rotation(.hash("hash-1", generation: 2), leeway: 10)) == .reuse,
            "how old it is cannot be said, so that no leeway is granted")
    }

    @Test("The leeway is so many seconds, and for the preceding generation only")
    func leeway() {
        let bound: Int64 = 10_000_000
        #expect(decision(rotation(.generation(1), after: bound, leeway: 10)) == .replay)
        #expect(decision(rotation(.generation(1), after: bound + 1, leeway: 10)) == .reuse)
        #expect(decision(rotation(.generation(0), after: 1, leeway: 10)) == .reuse)
        #expect(decision(rotation(.generation(1), after: 0, leeway: 0)) == .reuse)
    }

    @Test("A key gets the same successor for a minute, and the preceding generation only")
    func keys() {
        let bound: Int64 = 60_000_000
        #expect(decision(rotation(.generation(1), after: bound, key: "key")) == .replay)
        #expect(decision(rotation(.generation(1), after: bound + 1, key: "key")) == .reuse)
        #expect(decision(rotation(.generation(0), after: 1, key: "key")) == .reuse)
        #expect(decision(rotation(.generation(1), after: 1, key: "kez")) == .reuse)
        #expect(decision(rotation(.generation(1), after: 1)) == .reuse)
        #expect(decision(rotation(.generation(1), after: 1, key: "key")) { $0.rotationKeyHash = nil } == .reuse)
    }

    @Test("A session ends at its idle and at its absolute end, and not a microsecond earlier")
    func ends() {
        func at(_ end: Timestamp, _ offset: Int64) -> Rotation {
            rotation(.generation(2), after: end.microseconds - Self.stored.lastUsedAt.microseconds + offset)
        }
        #expect(decision(at(Self.stored.expiresAt, -1)) == .rotate)
        #expect(decision(at(Self.stored.expiresAt, 0)) == .refuse(.expired))
        let isIdleForEver = { (session: inout Session) in session.expiresAt = Self.stored.absoluteExpiresAt + 9 }
        #expect(decision(at(Self.stored.absoluteExpiresAt, -1), on: isIdleForEver) == .rotate)
        #expect(decision(at(Self.stored.absoluteExpiresAt, 0), on: isIdleForEver) == .refuse(.expired))
    }

    @Test("What is dead refuses before anything else is looked at: nobody can end sessions with it")
    func refusals() {
        let used = rotation(.generation(0))
        #expect(used.decision(for: nil, userIsActive: true) == .refuse(.unknown))
        #expect(used.decision(for: Self.stored, userIsActive: false) == .refuse(.inactive))
        #expect(decision(used) { $0.revokedAt = Self.start } == .refuse(.revoked))
        #expect(decision(used) { $0.expiresAt = Self.start } == .refuse(.expired))
        let stranger = rotation(.generation(2), by: .random(from: SystemEntropy()))
        #expect(decision(stranger) == .refuse(.unknown))
    }

    @Test("A rotated session counts on, and lives no longer than its absolute end")
    func applied() {
        let next = rotation(.generation(2), key: "new").applied(to: Self.stored)
        #expect(next.generation == 3)
        #expect(next.refreshTokenHash == "hash-3")
        #expect(next.rotationKeyHash == "new")
        #expect(next.lastUsedAt.microseconds == Self.stored.lastUsedAt.microseconds + 1)
        #expect(next.expiresAt == next.lastUsedAt + 1000)
        #expect(next.accessExpiresAt == next.lastUsedAt + 900)
        let late = rotation(.generation(2), after: 1_850_000_000, until: Self.start + 9999).applied(to: Self.stored)
        #expect(late.expiresAt == Self.stored.absoluteExpiresAt)
        #expect(late.accessExpiresAt == Self.stored.absoluteExpiresAt)
        var longer = Self.stored
        longer.accessExpiresAt = Self.start + 1900
        #expect(
            rotation(.generation(2)).applied(to: longer).accessExpiresAt == longer.accessExpiresAt,
            "an access token that is out there may live longer than the next one")
    }
}
