import Testing

@testable import StrictJSON

/// RFC 8259, section 6. Numbers keep their spelling; what is computed from it is exact or nothing.
@Suite("Numbers")
struct NumberTests {
    @Test(
        "are an integer part, a fraction and an exponent, the last two optional",
        arguments: [
            "0", "-0", "7", "-7", "10", "42", "120", "0.5", "-0.5", "0.0", "7.25", "120.0625", "-0.0", "0e0", "0e7",
            "0E7", "0e+7", "0e-7", "0.0e0", "7e2", "7E2", "7e+2", "7E+2", "7e-2", "7E-2", "7e007", "20e1", "7.5e3",
            "-7.5E-3", "123.456e78", "321e65", "321e45", "1E22",
            "0.00000000000000000000000000000000000000000000000000000000000000000000000000007", "-1", "[7]", "[ 7]",
            "[-7]", "[7,-8.5e9]",
        ])
    func accepted(text: String) throws {
        #expect(Verdict(text) == .flawless)
        var scanner = JSONScanner()
        let value = try scanner.scan(Array(text.utf8))
        #expect(value.kind == .array || (value.kind == .number && value.rawBytes == Array(text.utf8)))
    }

    @Test(
        "are nothing else",
        arguments: [
            // Signs.
            "-", "+", "+7", "++7", "--7", "-+7", "+-7", "- 7", "-a", "-null", "7-", "7+8", "-[]", "7-8",
            // Integer parts.
            "00", "07", "-07", "-00", "007", "0 7", "7 000.0", "7_000", "7,000", "7'000", "1\u{0}2",
            // Fractions.
            ".", ".7", "-.7", "7.", "-7.", "0.", ".7e-3", ".-7", "7.-8", "7.e3", "7.e+3", "7.e-3", "0.e1", "9.e+",
            "0.1.2", "7..8", "-7.0.", "7. 8", "7 .8",
            // Exponents.
            "e", "E7", "7e", "7E", "7e+", "7E+", "7e-", "7E-", "0e", "0E", "0e+", "0E-", "7.5e", "7.5e+", "7.5E-",
            "7ee8", "7eE8", "7e+-8", "7e++8", "7e--8", "0e+-7", "7e8.5", "7e .8", "7e 8", "7 e8", "7e8e9", "7ea",
            // Other notations.
            "0x7", "0x2A", "0X7", "0b1", "0o7", "7f", "7d", "7L", "7n", "0xp7", "7H-308", "#7", "$7", "7%",
            // Infinities and no numbers.
            "Infinity", "-Infinity", "+Infinity", "Inf", "-Inf", "+Inf", "inf", "NaN", "-NaN", "nan", "infinity",
            // Letters and digits of other scripts.
            "7a", "-7a", "7.5a", "1.2a-3", "-123.5foo", "0a", "\u{FF17}", "7\u{FF17}", "\u{0667}", "\u{B2}",
            "\u{2212}7",
            "\u{BD}",
        ])
    func refused(text: String) {
        #expect(Verdict(text) == .refused)
        #expect(Verdict("[\(text)]") == .refused || text.contains(","), "[7,000] are two numbers")
        #expect(Verdict("{\"a\":\(text)}") == .refused)
    }

    @Test("are broken by bytes that are no UTF-8", arguments: ["7", "7e1", "7.5", "-", "7e", "70", "0"])
    func encoding(text: String) {
        #expect(Verdict(Array(text.utf8) + [0xE5]) == .refused)
        #expect(Verdict([0x5B] + Array(text.utf8) + [0xE5, 0x5D]) == .refused)
    }

    /// Where the RFC leaves the range open: every number is read, whatever its size. As a `Double` it is the nearest,
    /// or nothing where that would be an infinity; as an integer it is exact or nothing.
    @Test(
        "of any size are read",
        arguments: [
            ("123.456e-789", 0, nil), ("1e-400", 0, nil), ("-1e-400", -0.0, nil),
            ("4e-324", Double.leastNonzeroMagnitude, nil),
            ("0.4e00669999999999999999999999999999999999999999999999999999999999999999969999999006", nil, nil),
            ("-1e+9999", nil, nil), ("1.5e+9999", nil, nil), ("-123123e100000", nil, nil), ("123123e100000", nil, nil),
            ("1e308", 1e308, nil), ("1.8e308", nil, nil), ("1e999999999999999999999999", nil, nil),
            ("0e999999999999999999999999", 0, nil), ("1e-999999999999999999999999", 0, nil),
            ("-123123123123123123123123123123", -1.2312312312312312e29, nil),
            ("100000000000000000000", 1e20, nil),
            ("-237462374673276894279832749832423479823246327846", -2.374623746732769e47, nil),
            ("9223372036854775807", 0x1p63, Int.max), ("9223372036854775808", 9223372036854775808, nil),
            ("-9223372036854775808", -9223372036854775808, Int.min),
            ("-9223372036854775809", -0x1p63, nil),
            ("9007199254740993", 9007199254740992, 9_007_199_254_740_993),
        ] as [(String, Double?, Int?)])
    func range(text: String, double: Double?, integer: Int?) throws {
        #expect(Verdict(text) == .flawless)
        var scanner = JSONScanner()
        let value = try scanner.scan(Array(text.utf8))
        #expect(value.rawBytes == Array(text.utf8))
        #expect(value.double == double)
        #expect(value.int == integer)
    }

    @Test("as long as a line are read in no time to speak of")
    func long() throws {
        var scanner = JSONScanner()
        let digits = String(repeating: "9", count: 60_000)
        for text in [digits, "-" + digits, "0." + digits, "1e" + digits, digits + "." + digits + "e-" + digits] {
            let value = try scanner.scan(Array(text.utf8))
            #expect(value.int == nil && value.rawCount == text.utf8.count)
            #expect(value.int(allowingIntegralFloat: true) == nil)
        }
        let value = try scanner.scan(Array("7\(String(repeating: "0", count: 60_000))e-60000".utf8))
        #expect(value.int(allowingIntegralFloat: true) == 7)
    }

    @Test("keep their spelling and are integers exactly or not at all")
    func integers() throws {
        var scanner = JSONScanner()
        for (text, integer, lenient) in [
            ("0", 0, 0), ("-7", -7, -7), ("9223372036854775807", Int.max, Int.max),
            ("-9223372036854775808", Int.min, Int.min),
            ("9223372036854775808", nil, nil), ("1.0", nil, 1), ("17e8", nil, 1_700_000_000), ("1e3", nil, 1000),
            ("1.5", nil, nil), ("1e300", nil, nil),
            ("1e400", nil, nil), ("9007199254740992.0", nil, 9_007_199_254_740_992), ("9007199254740993.0", nil, nil),
            ("-0", nil, 0), ("1e-1", nil, nil),
            ("0.00001e5", nil, 1), ("1e999999999999999999999", nil, nil),
        ] as [(String, Int?, Int?)] {
            let value = try scanner.scan(Array(text.utf8))
            #expect(value.int == integer, "\(text)")
            #expect(value.int(allowingIntegralFloat: true) == lenient, "\(text)")
            #expect(value.rawBytes == Array(text.utf8))
        }
    }
}
