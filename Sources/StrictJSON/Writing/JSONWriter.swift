/// Appends compact JSON to a row of bytes.
///
/// Commas take care of themselves: a name or an element is preceded by one unless its container has just been opened,
/// which the last byte tells, as no value ends in `{` or `[`. Names given as `StaticString` are written as they are.
@usableFromInline
package struct JSONWriter: Sendable {
    /// Room, written up to `count`: bytes are put into it without asking for each whether they fit.
    @usableFromInline var room: [UInt8]
    /// How many bytes have been written.
    @usableFromInline package internal(set) var count = 0

    @inlinable
    package init() { room = [] }

    package init(reserving capacity: Int) {
        room = Array(repeating: 0, count: capacity)
    }

    /// What has been written, copied. Where that matters there is ``withBytes(_:)``.
    package var bytes: [UInt8] { Array(room.prefix(count)) }

    /// What has been written, where it is, for the time of the call.
    @inlinable
    package func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try room.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }

    /// Starts again; the memory stays, and nothing of what was written is in it.
    package mutating func removeAll() { truncate(to: 0) }

    /// Takes everything after the first `length` bytes back, and overwrites it.
    package mutating func truncate(to length: Int) {
        let end = count
        guard length < end else { return }
        room.withUnsafeMutableBytes { overwrite(UnsafeMutableRawBufferPointer(rebasing: $0[length..<end])) }
        count = length
    }

    /// The last byte, 0 if there is none.
    @inlinable
    var last: UInt8 { count == 0 ? 0 : room[count - 1] }

    /// Gives `body` a place for up to `most` bytes; it answers how many it has written.
    @inlinable
    @inline(__always)
    mutating func append(atMost most: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Int) {
        if room.count - count < most { grow(for: most) }
        let start = count
        // SAFETY: `most` bytes from `start` are inside the room.
        let written = room.withUnsafeMutableBufferPointer { body($0.baseAddress.unsafelyUnwrapped + start) }
        count = start &+ written
    }

    @usableFromInline
    @inline(never)
    mutating func grow(for more: Int) {
        let written = count
        var larger = [UInt8](repeating: 0, count: max(written + more, room.count * 2, 256))
        withBytes { bytes in larger.withUnsafeMutableBytes { $0.copyMemory(from: bytes) } }
        removeAll()
        (room, count) = (larger, written)
    }

    @inlinable
    package mutating func byte(_ byte: UInt8) {
        append(atMost: 1) {
            $0.pointee = byte
            return 1
        }
    }

    @inlinable
    package mutating func beginObject() { byte(UInt8(ascii: "{")) }

    @inlinable
    package mutating func endObject() { byte(UInt8(ascii: "}")) }

    @inlinable
    package mutating func beginArray() { byte(UInt8(ascii: "[")) }

    @inlinable
    package mutating func endArray() { byte(UInt8(ascii: "]")) }

    /// Begins the next member; its value is what is written next. The name must need no escape.
    @usableFromInline
    package mutating func name(_ name: StaticString) {
        let last = last
        append(atMost: name.utf8CodeUnitCount + 4) { JSONWriter.put(name: name, after: last, at: $0) }
    }

    @inline(__always)
    static func put(name: StaticString, after last: UInt8, at place: UnsafeMutablePointer<UInt8>) -> Int {
        let length = name.utf8CodeUnitCount
        var place = place
        var written = length &+ 3
        if last != UInt8(ascii: "{") && last != 0 {
            place[0] = UInt8(ascii: ",")
            place += 1
            written &+= 1
        }
        place[0] = UInt8(ascii: "\"")
        UnsafeMutableRawPointer(place + 1).copyMemory(from: name.utf8Start, byteCount: length)
        place[length &+ 1] = UInt8(ascii: "\"")
        place[length &+ 2] = UInt8(ascii: ":")
        return written
    }

    /// Begins the next member, with a name of any kind.
    package mutating func name(_ name: String) {
        if last != UInt8(ascii: "{") && last != 0 { byte(UInt8(ascii: ",")) }
        string(name)
        byte(UInt8(ascii: ":"))
    }

    /// Begins the next element of an array.
    @inlinable
    package mutating func element() {
        if last != UInt8(ascii: "[") && last != 0 { byte(UInt8(ascii: ",")) }
    }

    @inlinable
    package mutating func null() { raw("null") }

    @inlinable
    package mutating func bool(_ value: Bool) { raw(value ? "true" : "false") }

    /// Writes what is JSON already.
    @inlinable
    package mutating func raw(_ json: StaticString) {
        raw(UnsafeRawBufferPointer(start: json.utf8Start, count: json.utf8CodeUnitCount))
    }

    @inlinable
    package mutating func raw(_ json: UnsafeRawBufferPointer) {
        guard let start = json.baseAddress else { return }
        append(atMost: json.count) {
            UnsafeMutableRawPointer($0).copyMemory(from: start, byteCount: json.count)
            return json.count
        }
    }

    /// Writes a value as it stood in the text that it comes from.
    package mutating func value(_ value: JSONValue) { value.withRawBytes { raw($0) } }
}
