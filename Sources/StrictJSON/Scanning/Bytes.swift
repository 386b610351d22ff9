/// Comparison of bytes as bytes.
@usableFromInline
package enum Bytes {
    /// Whether `count` bytes are the same, eight at a time.
    @inlinable
    package static func areEqual(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        var offset = 0
        while offset &+ 8 <= count {
            let x = UnsafeRawPointer(a + offset).loadUnaligned(as: UInt64.self)
            let y = UnsafeRawPointer(b + offset).loadUnaligned(as: UInt64.self)
            if x != y { return false }
            offset &+= 8
        }
        if count & 4 != 0 {
            let x = UnsafeRawPointer(a + offset).loadUnaligned(as: UInt32.self)
            let y = UnsafeRawPointer(b + offset).loadUnaligned(as: UInt32.self)
            if x != y { return false }
            offset &+= 4
        }
        if count & 2 != 0 {
            if a[offset] != b[offset] || a[offset + 1] != b[offset + 1] { return false }
            offset &+= 2
        }
        return count & 1 == 0 || a[offset] == b[offset]
    }

    /// Whether two strings are the same bytes. `==` on String is not that: it also equates canonical variants.
    package static func areEqual(_ a: String, _ b: String) -> Bool {
        a.utf8.count == b.utf8.count && a.utf8.elementsEqual(b.utf8)
    }
}
