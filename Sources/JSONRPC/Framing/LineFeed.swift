/// Finds line feeds, 32 bytes at a time.
enum LineFeed {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// The place of the first line feed at or after `start`.
    static func first(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        var position = start
        while position &+ 32 <= bytes.count {
            // SAFETY: 32 bytes at `position` are inside the buffer.
            let a = mark(base + position)
            let b = mark(base + position + 8)
            let c = mark(base + position + 16)
            let d = mark(base + position + 24)
            if a | b | c | d != 0 { break }
            position &+= 32
        }
        while position < bytes.count {
            if base.load(fromByteOffset: position, as: UInt8.self) == 0x0a { return position }
            position &+= 1
        }
        return nil
    }

    /// Not zero if one of the eight bytes is a line feed.
    @inline(__always)
    private static func mark(_ address: UnsafeRawPointer) -> UInt64 {
        let word = address.loadUnaligned(as: UInt64.self) ^ (ones &* 0x0a)
        return (word &- ones) & ~word & highs
    }
}
