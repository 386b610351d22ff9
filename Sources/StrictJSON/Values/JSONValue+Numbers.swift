/// Reading numbers: exactly or not at all, and never with a trap.
extension JSONValue {
    /// The number as an integer, if it is written as one and fits: not `1.0`, not `1e3`, not `-0`.
    package var int: Int? { int(allowingIntegralFloat: false) }

    /// The number as an integer.
    ///
    /// With `allowingIntegralFloat`, spellings such as `1.0`, `17e8` and `-0` count too if the value is integral and at
    /// most 2⁵³, to which every reader of floating-point numbers agrees. The decision is made on the decimal digits,
    /// not on a rounded `Double`.
    package func int(allowingIntegralFloat: Bool) -> Int? {
        guard kind == .number else { return nil }
        return withRawBytes { lexeme in
            if node.flag, let value = DecimalNumber.plainInteger(lexeme) { return value }
            return allowingIntegralFloat ? DecimalNumber.integral(lexeme, limit: 1 << 53) : nil
        }
    }

    /// The number as an unsigned integer, if it is written as an integer and fits.
    package var uint64: UInt64? {
        guard kind == .number, node.flag else { return nil }
        return withRawBytes { lexeme in
            lexeme.first == UInt8(ascii: "-") ? nil : DecimalNumber.magnitude(lexeme[...])
        }
    }

    /// The number as the nearest `Double`; nil where it is beyond the largest, as `1e400` is.
    package var double: Double? {
        guard kind == .number else { return nil }
        let text = withRawBytes { String(decoding: $0, as: UTF8.self) }
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }
}
