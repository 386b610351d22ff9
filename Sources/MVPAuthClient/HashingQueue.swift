internal import AuthAPI
internal import NIOCore
internal import Synchronization

/// The calls that have a password hashed, a few at a time: what is slow does not use up the calls that a connection may
/// have in flight. The others wait here, in the order of their arrival and within their deadline.
final class HashingQueue: Sendable {
    private struct State: ~Copyable {
        var limit = Limits.standard.callsInFlight / 2
        var inFlight = 0
        var waiting: [(id: UInt64, continuation: CheckedContinuation<Failure?, Never>)] = []
        var nextID: UInt64 = 0
    }

    private enum Failure {
        case cancelled, late
    }

    /// The methods that hash.
    private static let methods = Set(
        authAPI.methods.filter { $0.spec.cost == .hashing }.map { Array($0.spec.name.utf8) })

    private let group: any EventLoopGroup
    private let state = Mutex(State())

    init(group: any EventLoopGroup) {
        self.group = group
    }

    /// Takes in how many calls the daemon lets a connection have in flight: half of them may hash.
    func adjust(toCallsInFlight calls: Int) {
        let ready = state.withLock { state in
            state.limit = max(1, calls / 2)
            return Self.admit(&state)
        }
        for continuation in ready { continuation.resume(returning: nil) }
    }

    /// Runs a call of a method, when its turn has come if it hashes.
    func pass<R: Sendable>(
        _ method: String, by deadline: NIODeadline, _ call: () async throws(AuthClientError) -> R
    ) async throws(AuthClientError) -> R {
        guard Self.methods.contains(Array(method.utf8)) else { return try await call() }
        try await enter(by: deadline)
        defer { leave() }
        return try await call()
    }

    private func enter(by deadline: NIODeadline) async throws(AuthClientError) {
        let id: UInt64? = state.withLock { state in
            guard state.inFlight >= state.limit else {
                state.inFlight += 1
                return nil
            }
            state.nextID += 1
            return state.nextID
        }
        guard let id else { return }
        let timer = group.next().scheduleTask(deadline: deadline) { self.giveUp(id, .late) }
        defer { timer.cancel() }
        let failure = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in wait(id, by: deadline, continuation) }
        } onCancel: {
            giveUp(id, .cancelled)
        }
        switch failure {
        case nil: return
        case .cancelled: throw .local(.cancelled, executed: false)
        case .late: throw .local(.deadlineExceeded, executed: false)
        }
    }

    private func wait(
        _ id: UInt64, by deadline: NIODeadline, _ continuation: CheckedContinuation<Failure?, Never>
    ) {
        let ready = state.withLock { state in
            state.waiting.append((id, continuation))
            return Self.admit(&state)
        }
        for continuation in ready { continuation.resume(returning: nil) }
        // A cancellation or a deadline that came before there was anything to give up.
        if Task.isCancelled { giveUp(id, .cancelled) }
        if deadline <= .now() { giveUp(id, .late) }
    }

    private func leave() {
        let ready = state.withLock { state in
            state.inFlight -= 1
            return Self.admit(&state)
        }
        for continuation in ready { continuation.resume(returning: nil) }
    }

    private func giveUp(_ id: UInt64, _ failure: Failure) {
        let continuation = state.withLock { state -> CheckedContinuation<Failure?, Never>? in
            if let index = state.waiting.firstIndex(where: { $0.id == id }) {
                return state.waiting.remove(at: index).continuation
            }
            return nil
        }
        continuation?.resume(returning: failure)
    }

    /// Lets in whoever has a place now.
    private static func admit(_ state: inout State) -> [CheckedContinuation<Failure?, Never>] {
        let count = max(0, min(state.limit - state.inFlight, state.waiting.count))
        let ready = state.waiting.prefix(count).map(\.continuation)
        state.waiting.removeFirst(count)
        state.inFlight += count
        return ready
    }
}
