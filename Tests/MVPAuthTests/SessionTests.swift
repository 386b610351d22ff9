import Testing

@testable import MVPAuth

/// Both sides of every bound of a session's life.
@Suite("How long a session counts")
struct SessionTests {
    private static let start = Timestamp(seconds: 1_772_366_400)

    /// Ends, in seconds from its beginning.
    private func session(
        idle: Int64 = 1000, absolute: Int64 = 2000, access: Int64 = 500, revoked: Int64? = nil
    ) -> Session {
        Session(
            id: .random(from: SystemEntropy()), userID: .random(from: SystemEntropy()), refreshTokenHash: "",
            createdAt: Self.start, lastUsedAt: Self.start, expiresAt: Self.start + idle,
            absoluteExpiresAt: Self.start + absolute, accessExpiresAt: Self.start + access,
            revokedAt: revoked.map { Self.start + $0 })
    }

    /// A microsecond before that second, that second, and a microsecond after it.
    private func around(_ second: Int64) -> [Timestamp] {
        [-1, 0, 1].map { Timestamp(microseconds: (Self.start + second).microseconds + $0) }
    }

    @Test("It is refreshed until its idle and its absolute end, and not once it was ended")
    func isLive() {
        #expect(around(1000).map(session().isLive) == [true, false, false])
        #expect(around(1000).map(session(idle: 2000, absolute: 1000).isLive) == [true, false, false])
        #expect(!session(revoked: 1).isLive(at: Self.start + 2))
    }

    @Test("It can be ended while it may be refreshed or an access token of it may live")
    func mayAct() {
        #expect(around(1000).map(session().mayAct) == [true, false, false])
        #expect(around(500).map(session(idle: 100).mayAct) == [true, false, false])
        #expect(around(500).map(session(absolute: 100).mayAct) == [true, false, false])
        #expect(!session(revoked: 1).mayAct(at: Self.start + 2), "once")
    }

    @Test("It is over when neither its refresh token nor an access token of it may live")
    func isOver() {
        #expect(around(1000).map(session().isOver) == [false, false, true])
        #expect(around(1000).map(session(idle: 2000, absolute: 1000).isOver) == [false, false, true])
        #expect(around(1500).map(session(access: 1500).isOver) == [false, false, true])
        #expect(around(500).map(session(revoked: 1).isOver) == [false, false, true])
        #expect(around(700).map(session(revoked: 700).isOver) == [false, false, true])
        #expect(!session().isOver(before: Self.start + 700), "its refresh token lives")
    }
}
