internal import NIOCore
internal import Synchronization

/// The connections of all clients: how many each may have, and how many bytes all unfinished requests may hold together.
///
/// At a bound the connection that has been waiting for its client longest makes room: a client that opens connections
/// to keep them costs itself its oldest ones, and nobody else anything. A request that is being answered is never ended
/// for another.
final class ConnectionRegistry: Sendable {
    struct Bounds: Sendable {
        var connections: Int
        var connectionsOfAddress: Int
        var bytes: Int
    }

    private let bounds: Bounds
    private let state = Mutex(State())
    private let meets: @Sendable (ShimLimit) -> Void

    /// - Parameter meets: is told of each bound that is met.
    init(_ bounds: Bounds, meets: @escaping @Sendable (ShimLimit) -> Void = { _ in }) {
        self.bounds = bounds
        self.meets = meets
    }

    /// Counts a connection in, which waits from now on. Nil when there is no room and nobody to make it.
    ///
    /// - Parameter network: nil for a peer that speaks for many clients.
    func enter(_ channel: any Channel, from network: ClientNetwork?) -> Int? {
        let (place, victims) = state.withLock { state -> (Int?, [any Channel]) in
            var victims: [any Channel] = []
            if let network, state.ofNetwork[network, default: 0] >= bounds.connectionsOfAddress {
                meets(.connectionsPerAddress)
                guard let victim = state.evict(where: { $0.network == network }) else { return (nil, []) }
                victims.append(victim)
            }
            if state.total >= bounds.connections {
                meets(.connections)
                guard let victim = state.evict(where: { _ in true }) else { return (nil, victims) }
                victims.append(victim)
            }
            return (state.insert(Place(channel: channel, network: network)), victims)
        }
        for victim in victims { victim.close(promise: nil) }
        return place
    }

    /// The client's turn: the connection may be closed when room is needed.
    func wait(_ place: Int) {
        state.withLock { $0.append(place) }
    }

    /// Our turn: a request is complete and is being answered.
    func work(_ place: Int) {
        state.withLock { $0.unlink(place) }
    }

    /// Says how many bytes of unfinished requests a connection holds. False when there is no room for them.
    func hold(_ bytes: Int, by place: Int) -> Bool {
        let (fits, victims) = state.withLock { state -> (Bool, [any Channel]) in
            state.setBytes(bytes, of: place)
            var victims: [any Channel] = []
            if state.bytes > bounds.bytes { meets(.bufferBytes) }
            while state.bytes > bounds.bytes {
                guard let victim = state.evict(where: { $0.bytes > 0 }, except: place) else {
                    state.setBytes(0, of: place)
                    return (false, victims)
                }
                victims.append(victim)
            }
            return (true, victims)
        }
        for victim in victims { victim.close(promise: nil) }
        return fits
    }

    func leave(_ place: Int) {
        state.withLock { state in
            state.uncount(place)
            state.places[place] = nil
            state.free.append(place)
        }
    }

    /// True once after most of what there was has gone: then there is memory to give back.
    func hasShrunk() -> Bool {
        state.withLock { state in
            let isMuch = state.peakBytes > 4 << 20 || state.peakTotal > 500
            guard isMuch, state.bytes <= state.peakBytes / 4, state.total <= state.peakTotal / 2 else { return false }
            (state.peakBytes, state.peakTotal) = (state.bytes, state.total)
            return true
        }
    }
}
