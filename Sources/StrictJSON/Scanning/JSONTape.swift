/// The growing row of nodes that a scan leaves behind, kept for the next scan.
struct JSONTape: ~Copyable {
    private(set) var base: UnsafeMutablePointer<JSONNode>
    private(set) var count = 0
    private(set) var capacity: Int

    init(capacity: Int = 32) {
        base = .allocate(capacity: capacity)
        self.capacity = capacity
    }

    deinit { base.deallocate() }

    mutating func removeAll() { count = 0 }

    @inline(__always)
    mutating func append(_ node: JSONNode) {
        if count == capacity { grow() }
        // SAFETY: count < capacity, and JSONNode is trivial.
        base[count] = node
        count &+= 1
    }

    @inline(never)
    private mutating func grow() {
        let larger = UnsafeMutablePointer<JSONNode>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: base, count: count)
        base.deallocate()
        base = larger
        capacity *= 2
    }
}
