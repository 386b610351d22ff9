import MVPAuth
import Synchronization

/// A clock that stands until it is moved.
final class ManualTime: TimeSource {
    private let elapsed = Atomic<UInt64>(1_000_000_000)

    func now() -> Timestamp { Timestamp(seconds: 1_800_000_000) }
    func uptime() -> UInt64 { elapsed.load(ordering: .relaxed) }

    func advance(milliseconds: UInt64) {
        elapsed.wrappingAdd(milliseconds * 1_000_000, ordering: .relaxed)
    }
}
