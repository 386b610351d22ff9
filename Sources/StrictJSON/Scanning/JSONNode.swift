/// One value, or one member name, on the tape of a scanned text: 16 bytes.
///
/// An object is followed by its members as pairs (name, value), an array by its elements, each with everything
/// inside it. `next` is the index just past the node's own subtree, so siblings are reached in one step.
@usableFromInline
package struct JSONNode {
    /// Where the lexeme starts and ends in the text, quotes and brackets included.
    @usableFromInline var start: UInt32
    @usableFromInline var end: UInt32
    /// The index after this node's subtree; while a container is still open, the index of its parent.
    @usableFromInline var next: UInt32
    /// Bits 0–3 the kind, bit 4 the flag, bits 8–31 the number of members or elements.
    @usableFromInline var bits: UInt32

    @inlinable
    init(_ kind: JSONKind, start: Int, end: Int, next: Int, flag: Bool = false) {
        self.start = UInt32(truncatingIfNeeded: start)
        self.end = UInt32(truncatingIfNeeded: end)
        self.next = UInt32(truncatingIfNeeded: next)
        bits = UInt32(unsafeBitCast(kind, to: UInt8.self)) | (flag ? 0x10 : 0)
    }

    // SAFETY: the low bits came from a JSONKind, whose cases count from 0 like its raw values.
    @inlinable
    var kind: JSONKind { unsafeBitCast(UInt8(truncatingIfNeeded: bits & 0xf), to: JSONKind.self) }

    /// A string with escapes, a number that is a plain integer, or the boolean `true`.
    @inlinable
    var flag: Bool { bits & 0x10 != 0 }

    @inlinable
    var count: Int { Int(bits >> 8) }

    @inlinable
    mutating func countOneMore() { bits &+= 0x100 }
}
