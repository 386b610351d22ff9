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

    fileprivate struct Place {
        let channel: any Channel
        let network: ClientNetwork?
        var bytes = 0
        var isWaiting = false
        /// Closed to make room; counted no more.
        var isGone = false
        var previous = -1
        var next = -1
    }

    fileprivate struct State: ~Copyable {
        var places: [Place?] = []
        var free: [Int] = []
        var total = 0
        var ofNetwork: [ClientNetwork: Int] = [:]
        var bytes = 0
        /// The ends of the list of those that wait, the longest first.
        var first = -1
        var last = -1
        /// The most since memory was given back.
        var peakTotal = 0
        var peakBytes = 0
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

extension ConnectionRegistry.State {
    fileprivate mutating func insert(_ place: ConnectionRegistry.Place) -> Int {
        let index = free.popLast() ?? places.count
        if index == places.count { places.append(nil) }
        places[index] = place
        total += 1
        peakTotal = max(peakTotal, total)
        if let network = place.network { ofNetwork[network, default: 0] += 1 }
        append(index)
        return index
    }

    /// Takes the one that has waited longest of those that match out of every count.
    fileprivate mutating func evict(
        where matches: (ConnectionRegistry.Place) -> Bool, except spared: Int = -1
    ) -> (any Channel)? {
        var index = first
        while index >= 0, let place = places[index] {
            if index != spared, matches(place) {
                uncount(index)
                return place.channel
            }
            index = place.next
        }
        return nil
    }

    fileprivate mutating func uncount(_ index: Int) {
        guard let place = places[index], !place.isGone else { return }
        unlink(index)
        setBytes(0, of: index)
        total -= 1
        if let network = place.network, let count = ofNetwork[network] {
            ofNetwork[network] = count > 1 ? count - 1 : nil
        }
        places[index]?.isGone = true
    }

    fileprivate mutating func setBytes(_ count: Int, of index: Int) {
        guard let place = places[index], !place.isGone else { return }
        bytes += count - place.bytes
        peakBytes = max(peakBytes, bytes)
        places[index]?.bytes = count
    }

    fileprivate mutating func append(_ index: Int) {
        guard let place = places[index], !place.isGone, !place.isWaiting else { return }
        places[index]?.isWaiting = true
        places[index]?.previous = last
        places[index]?.next = -1
        if last >= 0 { places[last]?.next = index } else { first = index }
        last = index
    }

    fileprivate mutating func unlink(_ index: Int) {
        guard let place = places[index], place.isWaiting else { return }
        places[index]?.isWaiting = false
        if place.previous >= 0 { places[place.previous]?.next = place.next } else { first = place.next }
        if place.next >= 0 { places[place.next]?.previous = place.previous } else { last = place.previous }
    }
}
