/// Finds the end of a run of bytes that mean themselves inside a JSON string, eight bytes at a time.
enum PlainText {
    /// A high bit in every byte of `word` that is a control, a quote, a backslash or not ASCII. Bits above the lowest
    /// may be false alarms (a borrow runs upwards); the lowest never is, and no special byte goes unseen.
    @inline(__always)
    static func specials(in word: UInt64) -> UInt64 {
        let quote = word ^ 0x2222_2222_2222_2222
        let backslash = word ^ 0x5c5c_5c5c_5c5c_5c5c
        let low = word &- 0x2020_2020_2020_2020
        // Where the byte itself has no high bit, the difference has one only if it was below zero; where it has one,
        // it counts anyway. So no `& ~byte` is needed.
        return (low | (quote &- 0x0101_0101_0101_0101) | (backslash &- 0x0101_0101_0101_0101) | word)
            & 0x8080_8080_8080_8080
    }

    /// The first special byte at or after `start`. The text must end in zero bytes, at least sixteen.
    @inline(__always)
    static func end(in text: UnsafePointer<UInt8>, from start: Int) -> Int {
        var position = start
        while true {
            let first = specials(in: UnsafeRawPointer(text + position).loadUnaligned(as: UInt64.self).littleEndian)
            if first != 0 { return position &+ (first.trailingZeroBitCount >> 3) }
            let second = specials(in: UnsafeRawPointer(text + position + 8).loadUnaligned(as: UInt64.self).littleEndian)
            if second != 0 { return position &+ 8 &+ (second.trailingZeroBitCount >> 3) }
            position &+= 16
        }
    }
}
