package import StrictJSON

/// The bound of a text parameter, in bytes of UTF-8.
package protocol TextBound: Sendable {
    static var maximumBytes: Int { get }
}

package enum DeviceInfoBound: TextBound {
    package static var maximumBytes: Int { 512 }
}

/// The longest textual IPv6 address with an embedded IPv4 one (RFC 4291 §2.2).
package enum IPAddressBound: TextBound {
    package static var maximumBytes: Int { 45 }
}

/// Text that fits its column and holds no control characters, so that it cannot forge a line where it is shown.
package struct BoundedText<Bound: TextBound>: Codable, Sendable, JSONShaped {
    package let text: String

    /// Nil when the text is too long or holds a control character.
    package init?(_ text: String) {
        guard text.utf8.count <= Bound.maximumBytes, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            return nil
        }
        self.text = text
    }

    package init(from decoder: any Decoder) throws {
        guard let value = Self(try decoder.singleValueContainer().decode(String.self)) else {
            throw Malformed(mismatchReason: "must be at most \(Bound.maximumBytes) bytes without control characters")
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    package static var jsonShape: JSONShape { .string.with { $0.maximumLength = Bound.maximumBytes } }
    package static var shapePlaceholder: Self { Self("")! }
}

package typealias DeviceInfo = BoundedText<DeviceInfoBound>
package typealias IPAddressText = BoundedText<IPAddressBound>
