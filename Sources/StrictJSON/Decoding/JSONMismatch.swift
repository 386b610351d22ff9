/// One thing in which a value is not what was asked for: an element of `data.fields` of an error.
public struct JSONMismatch: Error, Sendable, Codable {
    /// The member, as in `a.b[2]`; "" for the value itself.
    public let path: String
    /// What is wrong with it. Never repeats the value, which may be a password.
    public let reason: String

    public init(_ path: String, _ reason: String) {
        self.path = path
        self.reason = reason
    }
}

extension JSONMismatch: Equatable {
    public static func == (a: JSONMismatch, b: JSONMismatch) -> Bool {
        Bytes.areEqual(a.path, b.path) && Bytes.areEqual(a.reason, b.reason)
    }
}

extension JSONMismatch: JSONWritable {
    @usableFromInline
    package func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("path", path)
        json.member("reason", reason)
        json.endObject()
    }
}

/// Everything found wrong with one value, at least one and at most ``limit``.
package struct JSONMismatches: Error, Sendable, Equatable {
    /// So that an object of 8 000 unknown names does not become a reply of as many.
    package static let limit = 16

    package let all: [JSONMismatch]

    package init(_ all: [JSONMismatch]) {
        self.all = Array(all.prefix(JSONMismatches.limit))
    }
}

/// An error thrown while a member is decoded that can say, without repeating the value, what is wrong with it.
/// Any other error reads "invalid value".
package protocol JSONMismatchExplaining: Error {
    var mismatchReason: String { get }
}
