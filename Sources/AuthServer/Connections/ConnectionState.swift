internal import AuthAPI
internal import JSONRPC
internal import Synchronization

/// What lasts as long as a connection: its rights, and the calls in flight.
final class ConnectionState: Sendable {
    private struct State: ~Copyable {
        var rights: PeerRights
        var said: Bool = false
        var inFlight: [UInt64: (id: RequestID, task: Task<Void, Never>)] = [:]
        var calls: UInt64 = 0
        var subscriptions: Set<String> = []
        var notify: (@Sendable (HookEvent) -> Void)?
        var isClosed = false
    }

    let peer: Peer
    let limits: Limits
    let share: UserShare
    /// What its app does, counted over all its connections.
    let usage: AppUsage
    /// Which part of a ``CallMeter`` counts its calls: that of its event loop.
    let counter: Int
    /// What this connection may write before it looks whether that is taken.
    let bufferBytes: Int
    private let state: Mutex<State>

    init(
        peer: Peer, rights: PeerRights, limits: Limits = .standard, share: UserShare? = nil,
        usage: AppUsage = AppUsage(), counter: Int = 0, bufferBytes: Int = 65_536
    ) {
        self.counter = counter
        self.peer = peer
        self.limits = limits
        self.share = share ?? UserShare(uid: peer.uid)
        self.usage = usage
        self.bufferBytes = bufferBytes
        state = Mutex(State(rights: rights))
    }

    var rights: PeerRights {
        state.withLock { $0.rights }
    }

    /// Whether the peer has said hello, and so understands notifications.
    var hasSaidHello: Bool {
        state.withLock { $0.said }
    }

    func hello(keeping roles: [PeerRole]?) -> PeerRights {
        state.withLock {
            $0.said = true
            if let roles { $0.rights.keep(only: roles) }
            return $0.rights
        }
    }

    /// Remembers a call so that it can be cancelled. Gives the number under which it ends.
    func begin(_ id: RequestID, _ task: Task<Void, Never>) -> UInt64 {
        state.withLock {
            $0.calls += 1
            $0.inFlight[$0.calls] = (id, task)
            return $0.calls
        }
    }

    func end(_ number: UInt64) {
        state.withLock { $0.inFlight[number] = nil }
    }

    /// Gives up the calls with this id. False when there is none.
    func cancel(_ id: RequestID) -> Bool {
        let tasks = state.withLock { $0.inFlight.values.filter { $0.id == id }.map(\.task) }
        for task in tasks { task.cancel() }
        return !tasks.isEmpty
    }

    /// What writes notifications to the peer, as long as it is there.
    func onNotify(_ notify: @escaping @Sendable (HookEvent) -> Void) {
        state.withLock { $0.notify = notify }
    }

    func notify(_ event: HookEvent) {
        state.withLock { $0.notify }?(event)
    }

    /// Keeps a subscription as long as the connection lives. False when it is over, or has as many as it may.
    func keep(_ subscription: String) -> Bool {
        state.withLock {
            guard !$0.isClosed, $0.subscriptions.count < Self.maximumSubscriptions else { return false }
            return $0.subscriptions.insert(subscription).inserted
        }
    }

    func drop(_ subscription: String) {
        state.withLock { _ = $0.subscriptions.remove(subscription) }
    }

    static let maximumSubscriptions = 16

    var subscriptions: Set<String> { state.withLock { $0.subscriptions } }

    /// The connection is over. Gives the subscriptions that end with it.
    func endSubscriptions() -> Set<String> {
        state.withLock {
            let ended = $0.subscriptions
            $0.isClosed = true
            $0.notify = nil
            $0.subscriptions = []
            return ended
        }
    }

    /// The peer is gone: work that waits leaves its place. What was handed to the store is done all the same.
    func cancelAll() {
        for task in state.withLock({ $0.inFlight.values.map(\.task) }) { task.cancel() }
    }
}
