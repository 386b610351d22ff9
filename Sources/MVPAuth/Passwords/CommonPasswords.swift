/// The most common passwords of eight and more characters, lower case, in byte order.
///
/// From the frequency list of zxcvbn (MIT licence, Dropbox Inc.): the 6 000 most frequent that a policy of eight
/// characters would let through, and spellings that newer leaks add. One a line, found by binary search: the list
/// costs no memory beyond its text.
enum CommonPasswords {
    static func contains(_ password: String) -> Bool {
        let wanted = Array(password.utf8)
        // SAFETY: a StaticString's bytes are immutable and live as long as the process; every index below is less than
        // `utf8CodeUnitCount`.
        let entries = list.utf8Start
        var low = 0
        var high = list.utf8CodeUnitCount
        while low < high {
            var start = (low + high) / 2
            while start > low, entries[start - 1] != newline { start -= 1 }
            var end = start
            while end < high, entries[end] != newline { end += 1 }
            let entry = UnsafeBufferPointer(start: entries + start, count: end - start)
            if entry.elementsEqual(wanted) { return true }
            if entry.lexicographicallyPrecedes(wanted) { low = min(end + 1, high) } else { high = start }
        }
        return false
    }

    private static let newline = UInt8(ascii: "\n")
}
