/// One value of a scanned text: a view, cheap to make and to copy, that keeps its document alive.
///
/// Nothing is converted before it is asked for. Names and strings are compared as bytes, escapes resolved.
@usableFromInline
package struct JSONValue: Sendable {
    @usableFromInline package let document: JSONDocument
    /// The value's place on the tape.
    @usableFromInline package let index: Int

    @inlinable
    init(document: JSONDocument, index: Int) {
        self.document = document
        self.index = index
    }

    /// `{}`, for params that were left out.
    package static let emptyObject: JSONValue = {
        var scanner = JSONScanner()
        guard let value = try? scanner.scan([UInt8(ascii: "{"), UInt8(ascii: "}")]) else {
            preconditionFailure("{} is JSON")
        }
        return value
    }()

    @inlinable
    var node: JSONNode { document.nodes[index] }

    @inlinable
    package var kind: JSONKind { node.kind }

    @inlinable
    package var isNull: Bool { kind == .null }

    package var bool: Bool? { kind == .bool ? node.flag : nil }

    /// How many members or elements: 0 for everything that is no container.
    package var count: Int { node.count }

    /// The value exactly as it was written, quotes included. Valid during the call.
    @inlinable
    package func withRawBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        let node = node
        return try withExtendedLifetime(document) {
            try body(UnsafeRawBufferPointer(start: document.text + Int(node.start), count: Int(node.end - node.start)))
        }
    }

    /// The value exactly as it was written, quotes included.
    package var rawBytes: [UInt8] { withRawBytes { Array($0) } }

    /// The length of the value as it was written, in bytes.
    @inlinable
    package var rawCount: Int { Int(node.end - node.start) }

    /// Whether the document has a defect in this value, and which is the first.
    package var defect: JSONDefect? { document.firstDefect(in: self) }

    /// Whether `index`, of a defect's node for instance, lies in this value.
    package func contains(node index: Int) -> Bool { index >= self.index && index < Int(node.next) }

    /// This value's place in its document: "" for the root, else as in `a.b[2]`.
    package var path: String { document.path(to: index) }
}
