import AuthTesting
import Testing

@testable import MVPAuth

@Suite("Rows of failures")
struct ThrottleTests {
    private static let start = Timestamp(seconds: 1_772_366_400)
    private let row = Throttle(
        key: "0123456789abcdef", kind: .account, failures: 3, level: 4, until: start, updatedAt: start)

    @Test("are the same when all that they hold is")
    func equality() {
        #expect(row == row)
        let changes: [(inout Throttle) -> Void] = [
            { $0.key = "0123456789abcdee" }, { $0.kind = .device }, { $0.failures = 4 }, { $0.level = 3 },
            { $0.until = Self.start + 1 }, { $0.updatedAt = Self.start + 1 },
        ]
        for (index, change) in changes.enumerated() {
            var other = row
            change(&other)
            #expect(row != other, "\(index)")
        }
    }

    @Test("fall no lower than nothing when what was counted is given back")
    func giveBack() async throws {
        let store = MeasuredStore()
        for (failures, level) in [(0, 0), (1, 1), (5, 2)] as [(Int64, Int64)] {
            var stored = row
            (stored.failures, stored.level) = (failures, level)
            let kept = stored
            let step = ThrottleStep(before: nil, after: row)
            let left = try await store.write { verbs in
                _ = try verbs.delete(Query<Throttle>(kept.key))
                _ = try verbs.insert(kept)
                try Transaction(verbs).giveBack([step])
                return try verbs.find(Throttle.self, kept.key)
            }
            #expect(left?.failures == max(0, failures - 1) && left?.level == max(0, level - 1))
        }
    }

    @Test("A network is known for 90 days after it was last used, and as long as a session there lives")
    func known() async throws {
        let world = try await World()
        let user = try await world.register()
        let home = try #require(NetworkSource("192.0.2.1"))
        let neighbour = try #require(NetworkSource("192.0.2.2"))
        _ = try await world.system.auth.login(
            email: user.email, password: world.password, device: .init(ipAddress: "192.0.2.1"))
        let used = world.clock.now()
        let known = used + ThrottlePolicy.sourceMemory
        func isKnown(_ source: NetworkSource, of id: UserID, at now: Timestamp) async throws -> Bool {
            try await world.store.read { try Transaction($0).isKnown(source, of: id, at: now) }
        }
        // The session itself ends after 30 days.
        #expect(try await isKnown(home, of: user.id, at: used))
        #expect(try await isKnown(home, of: user.id, at: Timestamp(microseconds: known.microseconds - 1)))
        #expect(try await !isKnown(home, of: user.id, at: known))
        #expect(try await !isKnown(neighbour, of: user.id, at: used))
        #expect(try await !isKnown(home, of: .random(from: SystemEntropy()), at: used))
        try await world.store.write { verbs in
            guard var session = try verbs.all(Query<Session>().where(\.userID, user.id)).first else { return }
            session.expiresAt = known + 10
            try verbs.update(session)
        }
        #expect(try await isKnown(home, of: user.id, at: known))
    }

    @Test("The networks of an account are told once each, at most 32, those that were used last")
    func networks() async throws {
        let world = try await World { $0.maximumSessionsPerUser = 100 }
        let user = try await world.register()
        for number in [1] + Array(1...40) {
            _ = try await world.system.auth.login(
                email: user.email, password: world.password, device: .init(ipAddress: "192.0.2.\(number)"))
            world.clock.advance(1)
        }
        let networks = try await world.store.read { try Transaction($0).networks(of: user.id) }
        #expect(networks == (9...40).reversed().compactMap { NetworkSource("192.0.2.\($0)") })
    }
}
