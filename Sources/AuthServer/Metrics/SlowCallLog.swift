internal import AuthAPI
internal import JSONRPC
internal import Logging
internal import MVPAuth
internal import Synchronization

/// How long a call may take until it is a line in the log.
package struct SlowCallBounds: Sendable {
    /// Nanoseconds; 0: however long it takes.
    private let ordinary: UInt64
    /// For calls that hash a password, which wait in a queue.
    private let hashing: UInt64

    package init(ordinaryMilliseconds: Int64 = 1000, hashingMilliseconds: Int64 = 5000) {
        ordinary = UInt64(clamping: ordinaryMilliseconds) * 1_000_000
        hashing = UInt64(clamping: hashingMilliseconds) * 1_000_000
    }

    func isSlow(_ cost: Cost, nanoseconds: UInt64) -> Bool {
        let bound = cost == .hashing ? hashing : ordinary
        return bound > 0 && nanoseconds > bound
    }
}

/// A call that took its time.
struct SlowCall: Sendable {
    let method: String
    let origin: RequestOrigin
    /// Nil: it went well.
    let outcome: AuthError.Code?
    let trace: TraceParent?
    let nanoseconds: UInt64
    /// Those of them that it waited for its turn.
    let waited: UInt64
}

/// Writes a line for each call that was slow. Of a flood of them only so many, and how many were left out.
final class SlowCallLog: Sendable {
    private let logger: Logger
    private let budget: RateBudget
    private let omitted = Atomic(0)

    init(_ logger: Logger, budget: RateBudget = RateBudget(perSecond: 2, burst: 20)) {
        self.logger = logger
        self.budget = budget
    }

    func note(_ call: SlowCall) {
        guard budget.take() == nil else {
            omitted.wrappingAdd(1, ordering: .relaxed)
            return
        }
        let waited = min(call.waited, call.nanoseconds)
        var metadata = Logger.Metadata(call.origin)
        metadata["method"] = "\(call.method)"
        metadata["queue_ms"] = "\(waited / 1_000_000)"
        metadata["work_ms"] = "\((call.nanoseconds - waited) / 1_000_000)"
        if let outcome = call.outcome { metadata["code"] = "\(outcome.rawValue)" }
        if let trace = call.trace { metadata["trace_id"] = "\(trace.traceID)" }
        let omitted = omitted.exchange(0, ordering: .relaxed)
        if omitted > 0 { metadata["omitted"] = "\(omitted)" }
        logger.warning("a call was slow", metadata: metadata)
    }
}
