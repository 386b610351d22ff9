import Foundation
import MVPAuth
import Synchronization
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

    @Test("when it is full, who has the most waiting gives up the newest place to one with fewer")
    func displacement() {
        let lost = Mutex<[String]>([])
        let queue = FairQueue<String>(capacity: 4) { job in lost.withLock { $0.append(job) } }
        for index in 0..<4 { #expect(queue.append("a\(index)", for: "a") != nil) }
        #expect(queue.append("a4", for: "a") == nil, "nobody gives a place up to himself")
        #expect(queue.append("b0", for: "b") != nil)
        #expect(queue.append("b1", for: "b") != nil)
        #expect(queue.append("b2", for: "b") == nil, "both have as many")
        #expect(queue.append("c0", for: "c") != nil)
        #expect(queue.append("d0", for: "d") != nil)
        #expect(queue.append("e0", for: "e") == nil, "everybody has one")
        #expect(lost.withLock { $0.prefix(2) } == ["a3", "a2"] && lost.withLock { $0.count } == 4)
        #expect(Set((0..<4).compactMap { _ in queue.take()?.first }) == ["a", "b", "c", "d"])
    }

    @Test("an app that never leaves off locks nobody out, and every job is done or given back, once")
    func greed() async {
        let capacity = 16
        let (done, lost) = (Ledger(), Ledger())
        let queue = FairQueue<Int>(capacity: capacity) { lost.add($0) }
        let taker = Thread {
            while let job = queue.take() { done.add(job) }
            done.add(-1)
        }
        taker.start()
        let refused = await withTaskGroup(of: (greedy: Int, modest: Int).self) { group in
            for part in 0..<3 {
                group.addTask {
                    (0..<20_000).count { queue.append(part * 20_000 + $0, for: "greedy") == nil }.asGreedy
                }
            }
            // The modest one has one job at a time, and waits for it.
            group.addTask {
                var refused = 0
                for job in 60_000..<60_300 {
                    guard queue.append(job, for: "modest") != nil else {
                        refused += 1
                        continue
                    }
                    while done.times[job] == nil, lost.times[job] == nil { await Task.yield() }
                }
                return (0, refused)
            }
            return await group.reduce(into: (0, 0)) { $0 = ($0.0 + $1.greedy, $0.1 + $1.modest) }
        }
        queue.close()
        while done.times[-1] == nil { await Task.yield() }
        let (all, given) = (done.times, lost.times)
        #expect(all.count - 1 + given.count + refused.0 + refused.1 == 60_300)
        #expect(all.values.allSatisfy { $0 == 1 } && given.values.allSatisfy { $0 == 1 })
        #expect(Set(all.keys).isDisjoint(with: given.keys))
        #expect(refused.1 == 0 && given.keys.allSatisfy { $0 < 60_000 })
    }
}

extension Int {
    fileprivate var asGreedy: (greedy: Int, modest: Int) { (self, 0) }
}

/// How often each job came.
private final class Ledger: Sendable {
    private let state = Mutex<[Int: Int]>([:])

    var times: [Int: Int] { state.withLock { $0 } }

    func add(_ job: Int) { state.withLock { $0[job, default: 0] += 1 } }
}
