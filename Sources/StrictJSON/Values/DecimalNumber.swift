/// Integers out of scanned number lexemes.
enum DecimalNumber {
    /// `-?digits` within 64 bits. `-0` is not an integer that anybody means, and is refused.
    static func plainInteger(_ lexeme: UnsafeRawBufferPointer) -> Int? {
        let isNegative = lexeme.first == UInt8(ascii: "-")
        guard let magnitude = magnitude(isNegative ? lexeme.dropFirst() : lexeme[...]) else { return nil }
        if !isNegative { return Int(exactly: magnitude) }
        if magnitude == 0 { return nil }
        return magnitude <= Int.min.magnitude ? Int(truncatingIfNeeded: 0 &- magnitude) : nil
    }

    static func magnitude(_ digits: Slice<UnsafeRawBufferPointer>) -> UInt64? {
        guard digits.count <= 20 else { return nil }
        var value: UInt64 = 0
        for byte in digits {
            let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(byte &- UInt8(ascii: "0")))
            if tooLarge || carry { return nil }
            value = sum
        }
        return value
    }

    /// The value of any number lexeme if it is integral and at most `limit` in magnitude.
    static func integral(_ lexeme: UnsafeRawBufferPointer, limit: Int) -> Int? {
        var digits: [UInt8] = []
        var fractionDigits = 0
        var exponent = 0
        var exponentIsNegative = false
        var part = Part.whole
        for byte in lexeme {
            switch byte {
            case UInt8(ascii: "."): part = .fraction
            case UInt8(ascii: "e"), UInt8(ascii: "E"): part = .exponent
            case UInt8(ascii: "-"): exponentIsNegative = part == .exponent
            case UInt8(ascii: "+"): break
            default:
                let digit = byte &- UInt8(ascii: "0")
                if part == .exponent {
                    // Beyond the length of any text the value no longer matters, only that it stays in range.
                    exponent = min(exponent * 10 + Int(digit), 1 << 32)
                } else {
                    if part == .fraction { fractionDigits += 1 }
                    if digit != 0 || !digits.isEmpty { digits.append(digit) }
                }
            }
        }
        if digits.isEmpty { return 0 }
        var scale = (exponentIsNegative ? -exponent : exponent) - fractionDigits
        while digits.last == 0 {
            digits.removeLast()
            scale += 1
        }
        guard scale >= 0, scale + digits.count <= 19 else { return nil }
        var magnitude: UInt64 = 0
        for digit in digits { magnitude = magnitude * 10 + UInt64(digit) }
        for _ in 0..<scale { magnitude *= 10 }
        guard magnitude <= UInt64(limit) else { return nil }
        return lexeme.first == UInt8(ascii: "-") ? -Int(magnitude) : Int(magnitude)
    }

    private enum Part { case whole, fraction, exponent }
}
