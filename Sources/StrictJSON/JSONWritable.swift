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
    @inlinable
    package mutating func member(_ label: StaticString, _ value: String) {
        name(label)
        string(value)
    }

    @inlinable
    package mutating func member(_ label: StaticString, _ value: StaticString) {
        name(label)
        string(utf8: UnsafeBufferPointer(start: value.utf8Start, count: value.utf8CodeUnitCount))
    }

    @inlinable
    package mutating func member(_ label: StaticString, _ value: Int) {
        name(label)
        int(value)
    }

    @inlinable
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

    /// Writes null where there is no value.
    @inlinable
    package mutating func member(_ label: StaticString, orNull value: String?) {
        name(label)
        if let value { string(value) } else { null() }
    }
}
