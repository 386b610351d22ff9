internal import Synchronization

/// How long a call has waited for its turn at something that is done in turns. Whoever makes it wait adds to it.
package final class CallTiming: Sendable {
    /// Of the call that the task works for.
    @TaskLocal package static var current: CallTiming?

    private let waited = Atomic<UInt64>(0)
    private let isAnswered = Atomic(false)

    package init() {}

    package func addWait(nanoseconds: UInt64) {
        waited.wrappingAdd(nanoseconds, ordering: .relaxed)
    }

    package var waitedNanoseconds: UInt64 { waited.load(ordering: .relaxed) }

    /// True once: whichever answer comes first is the call's.
    package func answer() -> Bool { !isAnswered.exchange(true, ordering: .relaxed) }
}
