package import StrictJSON

/// The bound of a text parameter.
package protocol TextBound: Sendable {
    /// In characters as JSON Schema counts them: Unicode scalars, of at most four bytes each.
    static var maximumCharacters: Int { get }
}

package enum DeviceInfoBound: TextBound {
    package static var maximumCharacters: Int { 512 }
}

/// The longest textual IPv6 address with an embedded IPv4 one (RFC 4291 §2.2).
package enum IPAddressBound: TextBound {
    package static var maximumCharacters: Int { 45 }
}

/// Text that fits its column and holds no control characters, so that it cannot forge a line where it is shown.
package struct BoundedText<Bound: TextBound>: Codable, Sendable, JSONShaped {
    package let text: String

    /// Nil when the text is too long or holds a control character.
    package init?(_ text: String) {
        // Bytes are counted in no time; nothing longer is looked at.
        guard text.utf8.count <= 4 * Bound.maximumCharacters, text.unicodeScalars.count <= Bound.maximumCharacters,
            !text.unicodeScalars.contains(where: Self.isControl)
        else { return nil }
        self.text = text
    }

    /// The text without its control characters, cut to what fits.
    package init(trimming text: String) {
        var kept = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars where !Self.isControl(scalar) {
            guard count < Bound.maximumCharacters else { break }
            kept.append(scalar)
            count += 1
        }
        self.text = String(kept)
    }

    package init(from decoder: any Decoder) throws {
        guard let value = Self(try decoder.singleValueContainer().decode(String.self)) else {
            throw Malformed(
                mismatchReason: "must be at most \(Bound.maximumCharacters) characters without control characters")
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    /// What a terminal or a page would obey: controls (C0, DEL, C1), ends of lines, and marks that turn the direction of
    /// the text around (UTS 36 §3.2).
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x61C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    package static var jsonShape: JSONShape { .string.with { $0.maximumLength = Bound.maximumCharacters } }
    package static var shapePlaceholder: Self { Self(trimming: "") }
}

package typealias DeviceInfo = BoundedText<DeviceInfoBound>
package typealias IPAddressText = BoundedText<IPAddressBound>
