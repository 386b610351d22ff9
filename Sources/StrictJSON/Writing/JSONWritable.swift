/// A value that writes its own JSON, for replies that are sent too often to go through `Encodable`.
///
/// ``JSONEncoding`` asks for this conformance before it encodes. What is written must be exactly one JSON value, and
/// the same one that the type's `encode(to:)` would give.
@usableFromInline
package protocol JSONWritable {
    func write(to json: inout JSONWriter)
}

/// One member in a line, for types that write themselves.
extension JSONWriter {
    @usableFromInline
    package mutating func member(_ label: StaticString, _ value: String) {
        var value = value
        value.withUTF8 { member(label, utf8: $0) }
    }

    package mutating func member(_ label: StaticString, _ value: StaticString) {
        member(label, utf8: UnsafeBufferPointer(start: value.utf8Start, count: value.utf8CodeUnitCount))
    }

    /// A member whose value is given as valid UTF-8.
    package mutating func member(_ label: StaticString, utf8 value: UnsafeBufferPointer<UInt8>) {
        let last = last
        append(atMost: label.utf8CodeUnitCount &+ 4 &+ JSONWriter.mostBytes(for: value)) { place in
            let start = JSONWriter.put(name: label, after: last, at: place)
            return start &+ JSONWriter.put(value, at: place + start)
        }
    }

    @usableFromInline
    package mutating func member(_ label: StaticString, _ value: Int) {
        let last = last
        append(atMost: label.utf8CodeUnitCount &+ 4 &+ 40) { place in
            let start = JSONWriter.put(name: label, after: last, at: place)
            return start &+ JSONWriter.put(value, at: place + start)
        }
    }

    package mutating func member(_ label: StaticString, _ value: Bool) {
        name(label)
        bool(value)
    }

    @inlinable
    package mutating func member(_ label: StaticString, _ value: some JSONWritable) {
        name(label)
        value.write(to: &self)
    }

    /// Leaves the member out where there is no value.
    @inlinable
    package mutating func member(_ label: StaticString, ifPresent value: String?) {
        if let value { member(label, value) }
    }

    @inlinable
    package mutating func member(_ label: StaticString, ifPresent value: Int?) {
        if let value { member(label, value) }
    }
}
