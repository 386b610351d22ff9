import AuthTesting
import JSONRPC
import MVPAuth
import Synchronization
import Testing

@testable import AuthServer

/// Answers that are kept for those who repeat a call.
@Suite("Replay cache")
struct IdempotencyCacheTests {
    private let time = ManualTime()
    private let cache: IdempotencyCache

    init() {
        cache = IdempotencyCache(time: time, sha256: { "digest of \($0)" })
    }

    private func key(
        _ key: String, uid: UInt32 = 1, app: String = "shop", roles: UInt8 = 1, method: String = "auth.login"
    ) -> IdempotencyCache.Key {
        IdempotencyCache.Key(uid: uid, app: app, roles: roles, method: ShortBytes(method), key: Array(key.utf8))
    }

    /// What a call is answered with, or the code of the error.
    private func call(
        _ key: IdempotencyCache.Key, _ answer: IdempotencyCache.Outcome, params: String = "[1]"
    ) async -> String {
        do throws(AuthError) {
            switch try await cache.outcome(of: key, params: cache.digest(of: Array(params.utf8)), { answer }) {
            case .result(let bytes): return String(decoding: bytes, as: UTF8.self)
            case .failure(let error): return error.code.rawValue
            }
        } catch {
            return "refused: \(error.code.rawValue)"
        }
    }

    private func result(_ text: String) -> IdempotencyCache.Outcome { .result(Array(text.utf8)) }

    @Test("The same call again gets the first answer, for a minute")
    func replay() async {
        #expect(await call(key("k"), result("1")) == "1")
        #expect(await call(key("k"), result("2")) == "1")
        time.advance(milliseconds: 59_999)
        #expect(await call(key("k"), result("3")) == "1")
        time.advance(milliseconds: 1)
        #expect(await call(key("k"), result("4")) == "4")
    }

    @Test("Other params under the same key are refused before anything is done")
    func otherParams() async {
        #expect(await call(key("k"), result("1")) == "1")
        #expect(await call(key("k"), result("2"), params: "[2]") == "refused: INVALID_PARAMS")
        #expect(await call(key("k"), result("3")) == "1")
    }

    @Test("Whoever fills the room of a user who calls for many pushes out his own answers")
    func holders() async {
        #expect(await call(key("ada - k"), result("1")) == "1")
        for number in 0...IdempotencyCache.mostEntriesOfUser { _ = await call(key("eve \(number) k"), result("x")) }
        #expect(await call(key("ada - k"), result("2")) == "1")
        #expect(await call(key("eve 0 k"), result("again")) == "again")
    }

    /// Makes so many calls for whoever is named.
    private func fill(_ holder: String, _ numbers: Range<Int>) async {
        for number in numbers { _ = await call(key("\(holder) \(number)"), result("x")) }
    }

    @Test("Whoever has most goes on losing his own, and what was forgotten counts for nobody")
    func holdersLater() async {
        let half = IdempotencyCache.mostEntriesOfUser / 2
        await fill("bob", 0..<half - 1)
        await fill("ada", 0..<half + 11)
        #expect(await call(key("bob 0"), result("again")) == "x")
        #expect(await call(key("ada 10"), result("again")) == "x")
        #expect(await call(key("ada 9"), result("again")) == "again")
        time.advance(milliseconds: 60_000)
        await fill("ada", 0..<2)
        await fill("eve", 0..<half - 2)
        await fill("joe", 0..<half + 1)
        #expect(await call(key("ada 0"), result("again")) == "x")
        #expect(await call(key("joe 0"), result("again")) == "again", "it had gone")
    }

    @Test("When the calls of whoever has most are all being executed, the oldest answer of anybody goes")
    func executing() async {
        let large = IdempotencyCache.Outcome.result(Array(repeating: 0x20, count: IdempotencyCache.mostBytes))
        _ = try? await cache.outcome(of: key("eve 1"), params: "") {
            _ = try? await cache.outcome(of: key("eve 2"), params: "") {
                _ = await call(key("ada 1"), large)
                #expect(await call(key("eve 3"), result("3")) == "3")
                return result("2")
            }
            return result("1")
        }
        #expect(await call(key("ada 1"), result("again")) == "again", "it had gone")
    }

    @Test("Another user's, app's or method's key is another key")
    func scope() async {
        #expect(await call(key("k"), result("1")) == "1")
        #expect(await call(key("k", uid: 2), result("2")) == "2")
        #expect(await call(key("k", app: "blog"), result("3")) == "3")
        #expect(await call(key("k", method: "user.register"), result("4")) == "4")
        #expect(await call(key("k", roles: 3), result("5")) == "5")
        #expect(await call(key("k"), result("6")) == "1")
    }

    @Test("A final error is kept; one that may pass is not")
    func errors() async {
        #expect(await call(key("a"), .failure(AuthError(.userExists))) == "USER_EXISTS")
        #expect(await call(key("a"), result("1")) == "USER_EXISTS")
        let passing: [AuthError.Code] = [
            .overloaded, .storageUnavailable, .cancelled, .deadlineExceeded, .internalError,
        ]
        #expect(await call(key("c"), .failure(AuthError(.overloaded))) == "OVERLOADED")
        for code in passing {
            #expect(await call(key("b"), .failure(AuthError(code, executed: true))) == code.rawValue)
        }
        #expect(await call(key("b"), result("2")) == "2")
        time.advance(milliseconds: 60_000)
        cache.purge()
        #expect(cache.count == 0, "what was not kept keeps nothing else")
    }

    @Test("Each answer is forgotten in its time")
    func expiry() async {
        #expect(await call(key("a"), result("1")) == "1")
        time.advance(milliseconds: 30_000)
        #expect(await call(key("b"), result("2")) == "2")
        time.advance(milliseconds: 30_000)
        cache.purge()
        #expect(cache.count == 1)
        time.advance(milliseconds: 30_000)
        cache.purge()
        #expect(cache.count == 0)
    }

    @Test("When all have no room left, whoever has nothing that could go is refused")
    func full() async {
        for uid in 1...4 as ClosedRange<UInt32> {
            for number in 0..<IdempotencyCache.mostEntriesOfUser {
                _ = await call(key("k\(number)", uid: uid), result("x"))
            }
        }
        #expect(cache.count == IdempotencyCache.mostEntries)
        #expect(await call(key("k", uid: 5), result("1")) == "refused: OVERLOADED")
        #expect(await call(key("new", uid: 1), result("1")) == "1")
        #expect(await call(key("k0", uid: 1), result("again")) == "again", "the oldest of his own has gone")
        #expect(cache.count == IdempotencyCache.mostEntries)
    }

    @Test("The params of a call are known by a digest that another process cannot tell")
    func secret() {
        let other = IdempotencyCache(time: time, sha256: { "digest of \($0)" })
        #expect(cache.digest(of: [1]) == cache.digest(of: [1]))
        #expect(cache.digest(of: [1]) != cache.digest(of: [2]))
        #expect(cache.digest(of: [1]) != other.digest(of: [1]))
    }

    @Test("Whoever comes while the call is executed waits for its answer: 50 at once, one execution")
    func together() async {
        let executions = Counter()
        let answers = await withTaskGroup(of: String.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    let outcome = try? await cache.outcome(of: key("k"), params: "") {
                        executions.add()
                        for _ in 0..<20 { await Task.yield() }
                        return result("1")
                    }
                    if case .result(let bytes) = outcome { return String(decoding: bytes, as: UTF8.self) }
                    return "none"
                }
            }
            return await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(answers == ["1"] && executions.value == 1)
    }

    @Test("One user's keys fill one user's place: the oldest goes, and nobody else's")
    func bounded() async {
        #expect(await call(key("other", uid: 2), result("other")) == "other")
        for number in 0...IdempotencyCache.mostEntriesOfUser {
            _ = await call(key("k\(number)"), result("\(number)"))
        }
        #expect(cache.count == IdempotencyCache.mostEntriesOfUser + 1)
        #expect(await call(key("k1"), result("again")) == "1")
        #expect(await call(key("other", uid: 2), result("again")) == "other")
        #expect(await call(key("k0"), result("again")) == "again", "the oldest has gone")
    }

    @Test("What would not fit is not kept, and the sum of what is stays bounded")
    func bytes() async {
        let large = IdempotencyCache.Outcome.result(Array(repeating: 0x20, count: 1 << 20))
        let most = IdempotencyCache.mostBytes >> 20
        for number in 0..<most { _ = await call(key("k\(number)"), large) }
        #expect(cache.count == most)
        #expect(await call(key("k", uid: 2), result("1")) == "refused: OVERLOADED")
        for number in most..<40 { _ = await call(key("k\(number)"), large) }
        #expect(cache.count == most)
        time.advance(milliseconds: 60_000)
        cache.purge()
        #expect(cache.count == 0)
        #expect(await call(key("k", uid: 2), result("1")) == "1")
        for number in 0..<most - 1 { _ = await call(key("k\(number)"), large) }
        #expect(cache.count == most, "what was forgotten takes no room")
        _ = await call(key("larger"), large)
        #expect(cache.count == most, "one byte too many is not kept")
    }
}

private final class Counter: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .relaxed) }

    func add() { count.wrappingAdd(1, ordering: .relaxed) }
}
