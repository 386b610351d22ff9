internal import StrictJSON

/// Bytes that wait, first in, first out, in memory of their own: none while there are none. Tokens and passwords may be
/// among them: what leaves is overwritten.
struct ByteQueue: ~Copyable {
    private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var start = 0
    private(set) var count = 0

    init() {}

    deinit {
        overwrite(live)
        memory.deallocate()
    }

    var isEmpty: Bool { count == 0 }

    /// Valid until the next change.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(live) }

    private var live: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: memory[start..<start + count])
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        append(atMost: bytes.count) { room in
            room.copyMemory(from: bytes)
            return bytes.count
        }
    }

    /// Gives `body` room for so many bytes. It answers how many it has written there.
    mutating func append(atMost most: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int) {
        if memory.count - start - count < most { grow(for: most) }
        let end = start + count
        count += body(UnsafeMutableRawBufferPointer(rebasing: memory[end..<end + most]))
        if count == 0 { release() }
    }

    private mutating func grow(for more: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: (count + more) * 3 / 2, alignment: 16)
        larger.copyMemory(from: bytes)
        overwrite(live)
        memory.deallocate()
        (memory, start) = (larger, 0)
    }

    mutating func removeFirst(_ removed: Int) {
        overwrite(UnsafeMutableRawBufferPointer(rebasing: memory[start..<start + removed]))
        start += removed
        count -= removed
        if count == 0 { release() }
    }

    private mutating func release() {
        memory.deallocate()
        (memory, start) = (UnsafeMutableRawBufferPointer(start: nil, count: 0), 0)
    }

    mutating func removeAll() { removeFirst(count) }
}
