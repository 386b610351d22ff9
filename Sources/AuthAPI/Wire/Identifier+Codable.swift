public import MVPAuth
package import StrictJSON

extension Identifier: Codable {
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let value = Self(anyCase: text) else { throw Malformed(mismatchReason: "must be a UUID") }
        self = value
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Identifier: JSONShaped {
    package static var jsonShape: JSONShape { .string(format: "uuid") }
    package static var shapePlaceholder: Self { Self(high: 0, low: 0) }
}

extension Timestamp: Codable {
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let value = Self(text) else { throw Malformed(mismatchReason: "must be an RFC 3339 timestamp in UTC") }
        self = value
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Timestamp: JSONShaped {
    package static var jsonShape: JSONShape { .string(format: "date-time") }
    package static var shapePlaceholder: Self { Self(microseconds: 0) }
}

/// Why a value of the right JSON type is not acceptable.
struct Malformed: Error, JSONMismatchExplaining {
    let mismatchReason: String
}

extension JSONWriter {
    /// An identifier as a member, without a string in between.
    @inline(__always)
    mutating func member(_ label: StaticString, _ identifier: Identifier<some Any>) {
        withUnsafeTemporaryAllocation(byteCount: 36, alignment: 1) { place in
            identifier.write(to: place)
            member(label, utf8: UnsafeBufferPointer(place.bindMemory(to: UInt8.self)))
        }
    }
}
