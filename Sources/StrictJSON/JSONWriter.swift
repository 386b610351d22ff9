/// Appends compact JSON to a row of bytes.
///
/// Commas take care of themselves: a name or an element is preceded by one unless its container has just been opened,
/// which the last byte tells, as no value ends in `{` or `[`. Names given as `StaticString` are written as they are.
@usableFromInline
package struct JSONWriter: Sendable {
    @usableFromInline package var bytes: [UInt8] = []

    @inlinable
    package init() {}

    package init(reserving capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    @inlinable
    package mutating func beginObject() { bytes.append(UInt8(ascii: "{")) }

    @inlinable
    package mutating func endObject() { bytes.append(UInt8(ascii: "}")) }

    @inlinable
    package mutating func beginArray() { bytes.append(UInt8(ascii: "[")) }

    @inlinable
    package mutating func endArray() { bytes.append(UInt8(ascii: "]")) }

    /// Begins the next member; its value is what is written next. The name must need no escape.
    @inlinable
    package mutating func name(_ name: StaticString) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { scratch in
            let length = name.utf8CodeUnitCount
            guard length <= 56 else { return longName(name) }
            var count = 0
            if let last = bytes.last, last != UInt8(ascii: "{") {
                scratch[0] = UInt8(ascii: ",")
                count = 1
            }
            scratch[count] = UInt8(ascii: "\"")
            UnsafeMutableRawPointer(scratch.baseAddress! + count + 1).copyMemory(
                from: name.utf8Start, byteCount: length)
            count += length + 1
            scratch[count] = UInt8(ascii: "\"")
            scratch[count + 1] = UInt8(ascii: ":")
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: scratch[..<(count + 2)]))
        }
    }

    @usableFromInline
    mutating func longName(_ text: StaticString) { name(text.description) }

    /// Begins the next member, with a name of any kind.
    @usableFromInline
    package mutating func name(_ name: String) {
        if let last = bytes.last, last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
        string(name)
        bytes.append(UInt8(ascii: ":"))
    }

    /// Begins the next element of an array.
    @inlinable
    package mutating func element() {
        if let last = bytes.last, last != UInt8(ascii: "[") { bytes.append(UInt8(ascii: ",")) }
    }

    @inlinable
    package mutating func null() { raw("null") }

    @inlinable
    package mutating func bool(_ value: Bool) { raw(value ? "true" : "false") }

    /// Writes what is JSON already.
    @inlinable
    package mutating func raw(_ json: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: json.utf8Start, count: json.utf8CodeUnitCount))
    }

    @inlinable
    package mutating func raw(_ json: UnsafeRawBufferPointer) { bytes.append(contentsOf: json) }

    /// Writes a value as it stood in the text that it comes from.
    package mutating func value(_ value: JSONValue) { value.withRawBytes { raw($0) } }
}
