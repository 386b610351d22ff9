import MVPAuth
import Testing

@testable import AuthCrypto

@Suite("The hashing pool")
struct HashingPoolTests {
    @Test("answers every caller")
    func answersAll() async throws {
        let pool = HashingPool(Bcrypt(cost: 4), threads: 2)
        let hash = try await pool.hash(Secret("a password"), for: "app")
        let verdicts = await withTaskGroup(of: PasswordVerdict?.self) { group in
            for index in 0..<100 {
                group.addTask {
                    try? await pool.verify(
                        Secret(index.isMultiple(of: 2) ? "a password" : "another"), against: hash,
                        for: "app\(index % 3)")
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(verdicts.count { $0 == .match(needsRehash: false) } == 50 && verdicts.count { $0 == .mismatch } == 50)
    }

    @Test("refuses what is too much, and says when to come again")
    func overload() async throws {
        let pool = HashingPool(Bcrypt(cost: 8), threads: 1, capacity: 2)
        let errors = await withTaskGroup(of: AuthError?.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    do throws(AuthError) {
                        _ = try await pool.hash(Secret("a password"), for: "app")
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let refused = errors.compactMap(\.self)
        #expect(!refused.isEmpty && refused.count < 20)
        #expect(
            refused.allSatisfy { $0.code == .overloaded && !$0.executed && ($0.retryAfterMilliseconds ?? 0) >= 100 })
    }

    @Test("a caller that leaves gives up its place")
    func cancellation() async throws {
        let pool = HashingPool(Bcrypt(cost: 10), threads: 1)
        let first = Task { try? await pool.hash(Secret("first"), for: "app") }
        let second = Task { () -> AuthError? in
            do throws(AuthError) {
                _ = try await pool.hash(Secret("second"), for: "app")
                return nil
            } catch {
                return error
            }
        }
        second.cancel()
        let error = await second.value
        #expect(error == nil || error?.code == .cancelled)
        #expect(await first.value != nil)
        _ = try await pool.hash(Secret("third"), for: "app")
    }

    @Test("apps take turns")
    func fairness() {
        let queue = FairQueue<String>(capacity: 100)
        for index in 0..<5 { _ = queue.append("a\(index)", for: "a") }
        _ = queue.append("b0", for: "b")
        _ = queue.append("c0", for: "c")
        #expect((0..<7).compactMap { _ in queue.take() } == ["a0", "b0", "c0", "a1", "a2", "a3", "a4"])
    }

    @Test("a place that was given up is nobody's, and the bound holds")
    func bounds() {
        let queue = FairQueue<Int>(capacity: 2)
        let first = queue.append(1, for: "a")
        _ = queue.append(2, for: "b")
        #expect(queue.append(3, for: "c") == nil)
        #expect(first.flatMap { queue.remove($0, of: "a") } == 1)
        #expect(first.flatMap { queue.remove($0, of: "a") } == nil)
        #expect(queue.append(3, for: "c") != nil)
        #expect(queue.take() == 2 && queue.take() == 3)
        queue.close()
        #expect(queue.take() == nil && queue.append(4, for: "a") == nil)
    }
}
