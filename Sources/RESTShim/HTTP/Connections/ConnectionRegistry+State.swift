internal import NIOCore

extension ConnectionRegistry {
    struct Place {
        let channel: any Channel
        let network: ClientNetwork?
        var bytes = 0
        var isWaiting = false
        /// Closed to make room; counted no more.
        var isGone = false
        var previous = -1
        var next = -1
    }

    struct State: ~Copyable {
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
}

extension ConnectionRegistry.State {
    mutating func insert(_ place: ConnectionRegistry.Place) -> Int {
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
    mutating func evict(
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

    mutating func uncount(_ index: Int) {
        guard let place = places[index], !place.isGone else { return }
        unlink(index)
        setBytes(0, of: index)
        total -= 1
        if let network = place.network, let count = ofNetwork[network] {
            ofNetwork[network] = count > 1 ? count - 1 : nil
        }
        places[index]?.isGone = true
    }

    mutating func setBytes(_ count: Int, of index: Int) {
        guard let place = places[index], !place.isGone else { return }
        bytes += count - place.bytes
        peakBytes = max(peakBytes, bytes)
        places[index]?.bytes = count
    }

    mutating func append(_ index: Int) {
        guard let place = places[index], !place.isGone, !place.isWaiting else { return }
        places[index]?.isWaiting = true
        places[index]?.previous = last
        places[index]?.next = -1
        if last >= 0 { places[last]?.next = index } else { first = index }
        last = index
    }

    mutating func unlink(_ index: Int) {
        guard let place = places[index], place.isWaiting else { return }
        places[index]?.isWaiting = false
        if place.previous >= 0 { places[place.previous]?.next = place.next } else { first = place.next }
        if place.next >= 0 { places[place.next]?.previous = place.previous } else { last = place.previous }
    }
}
