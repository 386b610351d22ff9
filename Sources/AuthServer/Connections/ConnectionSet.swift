internal import Synchronization

/// The connections that are open, so that a stop can finish them.
final class ConnectionSet: Sendable {
    private struct State {
        var open: [ObjectIdentifier: ConnectionHandler] = [:]
        /// Those that were accepted and are not open yet.
        var expected = 0
        var isDraining = false
        var whenEmpty: CheckedContinuation<Void, Never>?

        var isEmpty: Bool { open.isEmpty && expected == 0 }

        /// Who is to be told that none is left.
        mutating func waiting() -> CheckedContinuation<Void, Never>? {
            guard isEmpty else { return nil }
            defer { whenEmpty = nil }
            return whenEmpty
        }
    }

    private let state = Mutex(State())

    /// A connection was accepted: ``insert(_:)`` or ``expectNoMore()`` follows.
    func expect() {
        state.withLock { $0.expected += 1 }
    }

    func expectNoMore() {
        state.withLock {
            $0.expected -= 1
            return $0.waiting()
        }?.resume()
    }

    func insert(_ handler: ConnectionHandler) {
        let isLate = state.withLock {
            $0.expected -= 1
            $0.open[ObjectIdentifier(handler)] = handler
            return $0.isDraining
        }
        if isLate { finish(handler) }
    }

    func remove(_ handler: ConnectionHandler) {
        state.withLock {
            $0.open[ObjectIdentifier(handler)] = nil
            return $0.waiting()
        }?.resume()
    }

    /// Asks every connection to finish what is in flight, and waits until all have closed: those too that were accepted
    /// a moment before. To be called once, when no more are accepted.
    func drain() async {
        for handler in beginDraining() { finish(handler) }
        await withCheckedContinuation { continuation in
            state.withLock {
                $0.whenEmpty = continuation
                return $0.waiting()
            }?.resume()
        }
    }

    private func beginDraining() -> [ConnectionHandler] {
        state.withLock {
            $0.isDraining = true
            return Array($0.open.values)
        }
    }

    private func finish(_ handler: ConnectionHandler) {
        handler.resources.loop.execute { handler.drain() }
    }
}
