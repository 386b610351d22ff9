package import StrictJSON

/// The bounds of a numeric parameter.
package protocol NumberBound: Sendable {
    static var range: ClosedRange<Int> { get }
}

/// A whole number within bounds.
package struct BoundedNumber<Bound: NumberBound>: Codable, Sendable, JSONShaped {
    package let value: Int

    /// Nil when the number is out of bounds.
    package init?(_ value: Int) {
        guard Bound.range.contains(value) else { return nil }
        self.value = value
    }

    package init(from decoder: any Decoder) throws {
        guard let number = Self(try decoder.singleValueContainer().decode(Int.self)) else {
            throw Malformed(
                mismatchReason: "must be from \(Bound.range.lowerBound) to \(Bound.range.upperBound)")
        }
        self = number
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }

    private init(bound value: Int) {
        self.value = value
    }

    package static var jsonShape: JSONShape { .integer.with { $0.range = Bound.range } }
    package static var shapePlaceholder: Self { Self(bound: Bound.range.lowerBound) }
}
