/// A value exactly as it was written: for what is compared or echoed byte for byte. Only our own coders know how it was
/// written; others are refused.
package struct JSONLexeme: Sendable, Equatable {
    package let bytes: [UInt8]
    package let kind: JSONKind

    /// Text of this program.
    package init(_ json: StaticString, kind: JSONKind) {
        bytes = Array(UnsafeBufferPointer(start: json.utf8Start, count: json.utf8CodeUnitCount))
        self.kind = kind
    }

    package init(_ number: Int) {
        bytes = Array("\(number)".utf8)
        kind = .number
    }

    /// A tree, written once.
    package init(_ tree: JSON) {
        bytes = tree.text
        kind =
            switch tree {
            case .null: .null
            case .bool: .bool
            case .int, .double: .number
            case .string: .string
            case .array: .array
            case .object: .object
            }
    }
}

extension JSONLexeme: JSONShaped {
    package static var jsonShape: JSONShape { .any }
    package static var shapePlaceholder: JSONLexeme { JSONLexeme("null", kind: .null) }
}

extension JSONLexeme: Codable, JSONWritable {
    private struct ForeignCoder: Error {}

    package init(from decoder: any Decoder) throws {
        guard let decoder = decoder as? ValueDecoder else { throw ForeignCoder() }
        let value = decoder.context.taken(at: decoder.node)
        bytes = value.rawBytes
        kind = value.kind
    }

    package func encode(to encoder: any Encoder) throws {
        guard let encoder = encoder as? ValueEncoder else { throw ForeignCoder() }
        try encoder.encode(self)
    }

    package func write(to json: inout JSONWriter) {
        bytes.withUnsafeBytes { json.raw($0) }
    }
}
