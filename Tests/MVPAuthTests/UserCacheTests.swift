import AuthTesting
import Testing

@testable import MVPAuth

@Suite("Accounts in memory")
struct UserCacheTests {
    private let cache = UserCache(capacity: 2)
    private let users = (0..<3).map { account("user\($0)@example.org") }

    @Test("are as many as there is room for: another one takes the place of one")
    func capacity() {
        for user in users[..<2] { cache.insert(user, readAt: cache.changes) }
        #expect(users.map { cache[$0.id] != nil } == [true, true, false])
        cache.insert(users[2], readAt: cache.changes)
        #expect(cache[users[2].id] == users[2])
        #expect(users.count { cache[$0.id] != nil } == 2)
    }

    @Test("go with any change of theirs, and what was read before one is not put back")
    func changes() {
        let user = users[0]
        for change in [Change.userChanged(user.id), .userDeleted(user.id, until: user.createdAt)] {
            cache.insert(user, readAt: cache.changes)
            let seen = cache.changes
            cache.apply(change)
            #expect(cache[user.id] == nil)
            cache.insert(user, readAt: seen)
            #expect(cache[user.id] == nil)
        }
        cache.insert(user, readAt: cache.changes)
        let seen = cache.changes
        cache.dropAll()
        cache.insert(user, readAt: seen)
        #expect(cache[user.id] == nil)
    }

    @Test("stay when something else changes")
    func others() {
        cache.insert(users[0], readAt: cache.changes)
        let ended = EndedSession(id: .random(from: SystemEntropy()), accessExpiresAt: users[0].createdAt)
        for change in [Change.userChanged(users[1].id), .sessionEnded(ended), .messageQueued(isNew: true)] {
            cache.apply(change)
        }
        #expect(cache[users[0].id] == users[0])
    }
}
