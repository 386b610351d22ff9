/// Finds member names that occur twice in one object, compared as bytes after unescaping: never by Swift's `==`,
/// to which composed and decomposed letters are the same.
///
/// A few names are compared pairwise, many by a hash table seeded by the process, so that neither the number of names
/// nor a choice of names that collide makes it quadratic.
enum DuplicateNames {
    private static let pairwiseLimit = 12

    static func find(
        in object: Int, on tape: borrowing JSONTape, text: UnsafePointer<UInt8>, defects: inout [JSONDefect]
    ) {
        let nodes = UnsafePointer(tape.base)
        let count = nodes[object].count
        if count > pairwiseLimit {
            findAmongMany(object, nodes, text, &defects)
            return
        }
        var later = Int(nodes[object + 2].next)
        for index in 1..<count {
            var earlier = object + 1
            for _ in 0..<index {
                if areEqual(nodes[earlier], nodes[later], text) {
                    defects.append(JSONDefect(kind: .duplicateName, node: later))
                    break
                }
                earlier = Int(nodes[earlier + 1].next)
            }
            later = Int(nodes[later + 1].next)
        }
    }

    @inline(__always)
    private static func areEqual(_ a: JSONNode, _ b: JSONNode, _ text: UnsafePointer<UInt8>) -> Bool {
        if a.flag || b.flag { return unescapedAreEqual(a, b, text) }
        let length = a.end &- a.start
        guard length == b.end &- b.start else { return false }
        return Bytes.areEqual(text + Int(a.start), text + Int(b.start), Int(length))
    }

    @inline(never)
    private static func unescapedAreEqual(_ a: JSONNode, _ b: JSONNode, _ text: UnsafePointer<UInt8>) -> Bool {
        withUnescaped(a, text) { a in
            withUnescaped(b, text) { b in
                a.count == b.count && Bytes.areEqual(a.baseAddress!, b.baseAddress!, a.count)
            }
        }
    }

    private static func findAmongMany(
        _ object: Int, _ nodes: UnsafePointer<JSONNode>, _ text: UnsafePointer<UInt8>, _ defects: inout [JSONDefect]
    ) {
        let count = nodes[object].count
        let mask = 1 << (Int.bitWidth - (count * 2).leadingZeroBitCount) - 1
        // Slots hold the hash's other half beside the name's node, so that a probe seldom has to compare bytes.
        var slots = [(hash: UInt32, name: UInt32)](repeating: (0, 0), count: mask + 1)
        var name = object + 1
        for _ in 0..<count {
            let hash = withUnescaped(nodes[name], text) { bytes in
                var hasher = Hasher()
                hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
                return hasher.finalize()
            }
            let half = UInt32(truncatingIfNeeded: hash >> 32)
            var slot = hash & mask
            while slots[slot].name != 0 {
                if slots[slot].hash == half && areEqual(nodes[Int(slots[slot].name)], nodes[name], text) { break }
                slot = (slot + 1) & mask
            }
            if slots[slot].name == 0 {
                slots[slot] = (half, UInt32(name))
            } else {
                defects.append(JSONDefect(kind: .duplicateName, node: name))
            }
            name = Int(nodes[name + 1].next)
        }
    }

    /// The unescaped bytes of a string node, for the time of the call. The buffer always has an address.
    private static func withUnescaped<R>(
        _ node: JSONNode, _ text: UnsafePointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> R
    ) -> R {
        let inside = UnsafeBufferPointer(start: text + Int(node.start) + 1, count: Int(node.end - node.start) - 2)
        guard node.flag else { return body(inside) }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: inside.count) { scratch in
            let count = Unescape.write(inside, to: scratch)
            return body(UnsafeBufferPointer(start: scratch.baseAddress, count: count))
        }
    }
}
