package import MVPAuth
internal import Synchronization

/// Time that is moved by hand; the two clocks apart, as a wall clock may be set.
package final class ManualTime: TimeSource {
    private let state = Mutex((wall: Int64(1_772_366_400_000_000), uptime: UInt64(1_000_000_000_000)))
    private let slept = Mutex<[UInt64]>([])

    /// How long was waited, each time, in nanoseconds. Nobody really waits.
    package var sleeps: [UInt64] { slept.withLock { $0 } }

    package init() {}

    package func now() -> Timestamp { Timestamp(microseconds: state.withLock { $0.wall }) }

    package func uptime() -> UInt64 { state.withLock { $0.uptime } }

    package func sleep(nanoseconds: UInt64) async throws {
        slept.withLock { $0.append(nanoseconds) }
        await Task.yield()
    }

    package func advance(_ seconds: Int64) {
        advance(milliseconds: UInt64(seconds) * 1000)
    }

    package func advance(milliseconds: UInt64) {
        advance(nanoseconds: milliseconds * 1_000_000)
    }

    package func advance(nanoseconds: UInt64) {
        state.withLock {
            $0.wall += Int64(nanoseconds / 1000)
            $0.uptime += nanoseconds
        }
    }

    /// Sets the wall clock ahead, and nothing else.
    package func setAhead(_ seconds: Int64) { setBack(-seconds) }

    /// Sets the wall clock back, and nothing else.
    package func setBack(_ seconds: Int64) {
        state.withLock { $0.wall -= seconds * 1_000_000 }
    }
}
