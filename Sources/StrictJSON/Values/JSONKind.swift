/// What a JSON value is, as RFC 8259 names it.
@usableFromInline
package enum JSONKind: UInt8, Sendable {
    case null, bool, number, string, array, object

    /// The kind as it is named in an explanation: "expected a string, found a number".
    package var noun: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
