import Synchronization
import Testing

@testable import MVPAuth

/// A closure that stands in a `Mutex` by itself is wrapped anew by each look at it. What is called for years has to fit on
/// the stack for ever.
@Suite("How deep on the stack observers are called")
struct StackDepthTests {
    private final class Depths: Sendable {
        private let places = Mutex<[UInt]>([])

        func note() {
            var place = 0
            let address = withUnsafeMutablePointer(to: &place) { UInt(bitPattern: $0) }
            places.withLock { $0.append(address) }
        }

        /// How many bytes lie between the least deep call and the deepest.
        func spread(of count: Int) throws -> UInt {
            let places = places.withLock { $0 }
            #expect(places.count == count)
            return try #require(places.max()) - #require(places.min())
        }
    }

    private let now = Timestamp(seconds: 1_000_000)

    @Test("the five hundredth attempt is told of no deeper than the first")
    func attempts() throws {
        let memory = ThrottleMemory(entropy: SystemEntropy())
        let depths = Depths()
        memory.observer.observe { _ in depths.note() }
        for _ in 0..<500 { memory.report(.failed, account: "a", user: nil, app: "shop", at: now) }
        #expect(try depths.spread(of: 500) < 4096)
    }

    @Test("the five hundredth event is told of no deeper than the first")
    func events() throws {
        let (log, depths) = (Observer<[AuthEvent]>(), Depths())
        log.observe { _ in depths.note() }
        let event = AuthEvent(
            id: .random(from: SystemEntropy()), at: now, .loginSucceeded, .success,
            by: RequestOrigin(app: "shop", uid: 0))
        for _ in 0..<500 { log.tell([event]) }
        #expect(try depths.spread(of: 500) < 4096)
    }
}
