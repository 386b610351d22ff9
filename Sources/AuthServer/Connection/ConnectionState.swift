internal import AuthAPI
internal import JSONRPC
internal import Synchronization

/// What lasts as long as a connection: its rights, and the calls in flight.
final class ConnectionState: Sendable {
    private struct State: ~Copyable {
        var grant: Grant
        var said: Bool = false
        var inFlight: [RequestID: Task<Void, Never>] = [:]
    }

    let peer: Peer
    private let state: Mutex<State>

    init(peer: Peer, grant: Grant) {
        self.peer = peer
        state = Mutex(State(grant: grant))
    }

    var grant: Grant {
        state.withLock { $0.grant }
    }

    /// Whether the peer has said hello, and so understands notifications.
    var hasSaidHello: Bool {
        state.withLock { $0.said }
    }

    func hello(keeping roles: [Role]?) -> Grant {
        state.withLock {
            $0.said = true
            if let roles { $0.grant.keep(only: roles) }
            return $0.grant
        }
    }

    /// Remembers a call so that it can be cancelled by its id. Of two with the same id, the later one.
    func begin(_ id: RequestID, _ task: Task<Void, Never>) {
        state.withLock { $0.inFlight[id] = task }
    }

    func end(_ id: RequestID) {
        state.withLock { $0.inFlight[id] = nil }
    }

    func cancel(_ id: RequestID) -> Bool {
        guard let task = state.withLock({ $0.inFlight[id] }) else { return false }
        task.cancel()
        return true
    }

    /// The peer is gone: work that waits leaves its place. What was handed to the store is done all the same.
    func cancelAll() {
        for task in state.withLock({ Array($0.inFlight.values) }) { task.cancel() }
    }
}
