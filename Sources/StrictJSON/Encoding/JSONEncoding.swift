/// Encodes any `Encodable` value straight into a ``JSONWriter``, members in the order in which they are encoded.
///
/// An optional left out by `encodeIfPresent` is left out; an explicit `encodeNil` writes null. A number that JSON has
/// no spelling for is an error.
@usableFromInline
package enum JSONEncoding {
    /// Appends `value`. If it throws, the writer is as it was before.
    @inlinable
    package static func encode<T: Encodable>(_ value: T, into json: inout JSONWriter) throws {
        if let writable = value as? any JSONWritable {
            writable.write(to: &json)
        } else {
            try encodeMembers(of: value, into: &json)
        }
    }

    @usableFromInline
    static func encodeMembers<T: Encodable>(of value: T, into json: inout JSONWriter) throws {
        let start = json.count
        let context = EncodingContext()
        swap(&context.json, &json)
        defer { swap(&context.json, &json) }
        do {
            try context.encode(value)
        } catch {
            context.json.truncate(to: start)
            throw error
        }
    }

    /// The compact text of `value`.
    package static func text<T: Encodable>(of value: T) throws -> [UInt8] {
        var json = JSONWriter()
        try encode(value, into: &json)
        return json.bytes
    }
}
