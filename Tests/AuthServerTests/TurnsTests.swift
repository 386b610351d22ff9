import Testing

@testable import AuthServer

/// Who goes on next on an event loop: connections are names here.
@Suite("Turns")
struct TurnsTests {
    private static let slice = Turns<String>.slice

    @Test("a user has a slice between two looks at the sockets, all his connections together")
    func slice() {
        let turns = Loop()
        let ada = turns.join(1)
        #expect(turns.join(1) === ada)
        #expect(turns.left(of: ada) == Self.slice)
        turns.use(Self.slice - 1, by: ada)
        #expect(turns.left(of: ada) == 1)
        turns.use(5, by: ada)
        #expect(turns.left(of: ada) == 0)
        #expect(!turns.all.isShared)
        let bob = turns.join(2)
        #expect(turns.all.isShared && turns.left(of: bob) == Self.slice)
        turns.endRound()
        #expect(turns.left(of: ada) == Self.slice)
    }

    @Test("those who wait are users, one turn each in the order in which they came")
    func rotation() {
        let turns = Loop()
        let (ada, bob, eve) = (turns.join(1), turns.join(2), turns.join(3))
        for connection in ["e1", "e2", "e3", "e4"] { turns.wait(connection, of: eve) }
        turns.wait("a1", of: ada)
        turns.wait("b1", of: bob)
        turns.wait("b2", of: bob)
        #expect(turns.order() == ["e1", "a1", "b1", "e2", "b2", "e3", "e4"])
        #expect(!turns.all.isAnyoneWaiting)
    }

    @Test("a connection that has not finished waits after the others of its user")
    func unfinished() {
        let turns = Loop()
        let (ada, eve) = (turns.join(1), turns.join(3))
        for connection in ["e1", "e2"] { turns.wait(connection, of: eve) }
        turns.wait("a1", of: ada)
        #expect(turns.order(needing: ["e1": 3, "a1": 2]) == ["e1", "a1", "e2", "a1", "e1", "e1"])
    }

    @Test("what is new waits after what its user has waiting")
    func fresh() {
        let turns = Loop()
        let ada = turns.join(1)
        turns.wait("a1", of: ada)
        turns.endRound()
        #expect(turns.left(of: ada) == 0)
        #expect(turns.order() == ["a1"])
        #expect(turns.left(of: ada) == Self.slice)
    }

    @Test("a user whose last connection has gone is forgotten")
    func leave() {
        let turns = Loop()
        let first = turns.join(1)
        _ = turns.join(1)
        turns.leave(first)
        #expect(turns.join(1) === first)
        turns.leave(first)
        turns.leave(first)
        #expect(turns.join(1) !== first)
    }
}

/// The turns of a loop, whose connections work in words.
private final class Loop {
    private(set) var all = Turns<String>()

    private var shares: [UInt32: UserShare] = [:]

    func join(_ uid: UInt32) -> Turns<String>.User {
        let share = shares[uid] ?? UserShare(uid: uid)
        shares[uid] = share
        return all.join(share)
    }

    func leave(_ user: Turns<String>.User) { all.leave(user) }
    func left(of user: Turns<String>.User) -> UInt64 { all.left(of: user) }
    func use(_ time: UInt64, by user: Turns<String>.User) { all.use(time, by: user) }
    func endRound() { all.endRound() }
    func wait(_ connection: String, of user: Turns<String>.User) { all.wait(connection, of: user) }

    /// Gives turns until nobody waits; a connection needs so many of them.
    func order(needing needs: [String: Int] = [:]) -> [String] {
        var needs = needs
        var order: [String] = []
        while let user = all.next() {
            guard let connection = user.next() else { break }
            order.append(connection)
            let left = needs[connection, default: 1] - 1
            needs[connection] = left
            if left > 0 { all.wait(connection, of: user) }
            all.endTurn(of: user)
        }
        return order
    }
}
