/// Finds the end of a run of bytes that mean themselves inside a JSON string, eight bytes at a time.
enum PlainText {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// A high bit in every byte of `word` that is a control, a quote, a backslash or not ASCII. Bits above the lowest
    /// may be false alarms (a borrow runs upwards); the lowest never is, and no special byte goes unseen.
    @inline(__always)
    static func specials(in word: UInt64) -> UInt64 {
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5c)
        let low = (word &- (ones &* 0x20)) & ~word
        let marked = low | ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | word
        return marked & highs
    }

    /// The first special byte at or behind `start`. The text must end in zero bytes, at least eight.
    @inline(__always)
    static func end(in text: UnsafePointer<UInt8>, from start: Int) -> Int {
        var position = start
        while true {
            let word = UnsafeRawPointer(text + position).loadUnaligned(as: UInt64.self).littleEndian
            let found = specials(in: word)
            if found != 0 { return position &+ (found.trailingZeroBitCount >> 3) }
            position &+= 8
        }
    }
}
