import Glibc
import Testing

@testable import AuthServer

@Suite("Quota of connections")
struct ConnectionQuotaTests {
    @Test("it is exhausted when as many were accepted as there may be, until one gives its place back")
    func total() {
        let quota = ConnectionQuota(total: 2)
        #expect(!quota.isExhausted)
        quota.count(accepted: 1)
        #expect(!quota.isExhausted)
        quota.count(accepted: 1)
        #expect(quota.isExhausted)
        quota.count(accepted: -1)
        #expect(!quota.isExhausted)
    }

    @Test("a user has as many as he may have, and another one's are not his")
    func most() {
        let quota = ConnectionQuota(total: 100)
        for _ in 0..<3 { #expect(quota.enter(1, most: 3) != nil) }
        #expect(quota.enter(1, most: 3) == nil)
        #expect(quota.enter(2, most: 3) != nil)
        quota.leave(1)
        #expect(quota.enter(1, most: 3) != nil)
        #expect(quota.enter(1, most: 3) == nil)
        for _ in 0..<3 { quota.leave(1) }
        for _ in 0..<3 { #expect(quota.enter(1, most: 3) != nil) }
        #expect(quota.enter(1, most: 3) == nil)
    }

    @Test("a user's connections have one share as long as there is one of them")
    func share() throws {
        let quota = ConnectionQuota(total: 100)
        let share = try #require(quota.enter(1, most: 10)).share
        #expect(share.uid == 1)
        #expect(quota.enter(1, most: 10)?.share === share)
        #expect(quota.enter(2, most: 10)?.share !== share)
        quota.leave(1)
        #expect(quota.enter(1, most: 10)?.share === share)
        quota.leave(1)
        quota.leave(1)
        #expect(quota.enter(1, most: 10)?.share !== share, "the last has gone")
        quota.leave(7)
    }

    @Test("the more a user has, the less each may buffer: 4 MiB together, each 4 to 64 KiB")
    func buffers() throws {
        let quota = ConnectionQuota(total: 10_000)
        let bytes = try (0..<1100).map { _ in try #require(quota.enter(1, most: .max)).bufferBytes }
        #expect(bytes[0] == 65_536 && bytes[63] == 65_536)
        #expect(bytes[64] == (4 << 20) / 65)
        #expect(bytes[1022] == (4 << 20) / 1023)
        #expect(bytes[1023] == 4096 && bytes[1099] == 4096)
    }

    @Test("the limit of open files is raised as far as allowed, and never lowered")
    func openFiles() throws {
        func limit() -> rlimit {
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            return limit
        }
        var start = limit()
        defer { setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &start) }
        let most = Int(clamping: start.rlim_max)
        var less = start
        less.rlim_cur = rlim_t(most - 2)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &less)
        #expect(ConnectionQuota.raiseOpenFiles(to: most - 3) == most - 2 && limit().rlim_cur == less.rlim_cur)
        #expect(ConnectionQuota.raiseOpenFiles(to: most - 1) == most - 1 && limit().rlim_cur == less.rlim_cur + 1)
        #expect(ConnectionQuota.raiseOpenFiles(to: .max) == most && limit().rlim_cur == start.rlim_max)
        #expect(limit().rlim_max == start.rlim_max)
    }
}
