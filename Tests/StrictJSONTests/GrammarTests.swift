import Testing

@testable import StrictJSON

/// RFC 8259's grammar exactly, after the naming of the JSON test suites: what must be read, what must not.
@Suite("The scanner")
struct GrammarTests {
    private func accepts(_ text: [UInt8], depth: Int = 32) -> Bool {
        var scanner = JSONScanner(depthLimit: depth)
        return (try? scanner.scan(text)) != nil
    }

    private func isFlawless(_ text: String) -> Bool {
        var scanner = JSONScanner()
        return Array(text.utf8).withUnsafeBytes { (try? scanner.scanFlawless($0)) != nil }
    }

    @Test(
        "reads every valid text",
        arguments: [
            "null", "true", "false", "0", "-0", "1", "-1", "10", "1.5", "1e5", "1E+5", "1e-5", "1.0e400", "0.1",
            "123456789012345678901234567890",
            "\"\"", "\"a\"", #""\"\\\/\b\f\n\r\t\u0041\ud83d\ude00""#, "\"caf\u{E9}\"", "\"\u{7F}\"", "\"\u{10FFFF}\"",
            "[]", "{}", "[1]",
            "[1,2]", "{\"a\":1}", "{\"a\":{\"b\":[null]}}", " \t\r\n[ 1 , 2 ] \n", "{ \"a\" : 1 }", "\"\u{2028}\"",
            #"{"":0}"#,
        ])
    func valid(text: String) {
        #expect(accepts(Array(text.utf8)))
        #expect(isFlawless(text))
    }

    @Test(
        "refuses every other",
        arguments: [
            "", " ", "nul", "nullx", "True", "NaN", "Infinity", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", "0x1",
            "1_000", "'a'", "\"",
            "\"a", "\"\\\"", #""\x41""#, #""\u12""#, #""\u12G4""#, "\"\n\"", "\"\t\"", "\"\u{0}\"", "\"\u{1F}\"", "[",
            "]", "[1", "[1,]", "[,1]", "[1 2]", "{",
            "}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{1:1}", "{\"a\":1 \"b\":2}", "[1}", "{\"a\":1]", "1 2",
            "{}{}", "[] []", "\u{FEFF}1", "\u{A0}1", "/**/1",
            "1//", "[1]x", "\u{2028}1", "{\"a\":1;}",
        ])
    func invalid(text: String) {
        #expect(!accepts(Array(text.utf8)))
    }

    @Test(
        "refuses bytes that are no UTF-8",
        arguments: [
            [0x80], [0xC0, 0xAF], [0xC1, 0x81], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xFE], [0xE2, 0x82], [0xC3], [0xF0, 0x9F, 0x98],
        ])
    func encoding(bytes: [UInt8]) {
        #expect(!accepts([0x22] + bytes + [0x22]))
        #expect(!accepts([0x22, 0x61] + bytes + [0x61, 0x22]))
        #expect(!accepts([0xFF, 0xFE, 0x31, 0x00]))
    }

    @Test("limits nesting, without recursion")
    func depth() {
        func nested(_ count: Int) -> [UInt8] {
            Array(String(repeating: "[", count: count).utf8) + Array(String(repeating: "]", count: count).utf8)
        }
        #expect(accepts(nested(32)) && !accepts(nested(33)))
        #expect(accepts(nested(8), depth: 8) && !accepts(nested(9), depth: 8))
        #expect(!accepts(Array(repeating: UInt8(ascii: "["), count: 65_536)))
    }

    @Test(
        "marks what is grammatical and not wanted",
        arguments: [
            (#"{"a":1,"a":2}"#, "duplicate member name"), (#"{"a":1,"\u0061":2}"#, "duplicate member name"),
            (#"[{"x":{"b":1,"b":1}}]"#, "duplicate member name"),
            (#""\ud800""#, "lone surrogate in a string"), (#""\udc00x""#, "lone surrogate in a string"),
            (#"{"\ud800":1}"#, "lone surrogate in a string"),
            (#""\u0000""#, "U+0000 in a string"), (#"{"a\u0000b":1}"#, "U+0000 in a string"),
        ])
    func defects(text: String, reason: String) throws {
        var scanner = JSONScanner()
        let value = try scanner.scan(Array(text.utf8))
        #expect(value.defect?.reason == reason)
        #expect(!isFlawless(text))
    }

    @Test("compares names as bytes after unescaping: composed and decomposed differ")
    func names() {
        #expect(isFlawless("{\"caf\u{E9}\":1,\"cafe\u{301}\":2}"))
        #expect(!isFlawless("{\"caf\u{E9}\":1,\"caf\\u00e9\":2}"))
        let many = (0..<3000).map { "\"k\($0)\":0" }.joined(separator: ",")
        #expect(isFlawless("{\(many)}") && !isFlawless("{\(many),\"k77\":0}"))
    }

    @Test("keeps the spelling of numbers and reads them exactly or not at all")
    func numbers() throws {
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

    @Test("reads escapes and writes text back, byte for byte")
    func strings() throws {
        var scanner = JSONScanner()
        let value = try scanner.scan(Array(#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\u2028""#.utf8))
        #expect(value.string == "\"\\/\u{8}\u{C}\n\r\t\u{E9}\u{1F600}\u{2028}")
        #expect(value.stringEquals("x") == false)
        var writer = JSONWriter()
        writer.string("\"\\/\u{8}\u{1}\n\u{E9}\u{1F600}\u{2028}\u{7F}")
        let again = try scanner.scan(writer.bytes)
        #expect(again.string == "\"\\/\u{8}\u{1}\n\u{E9}\u{1F600}\u{2028}\u{7F}")
        #expect(!writer.bytes.contains(0x0A), "one line stays one line")
    }

    @Test("survives any change to a text, and what it accepts reads the same again")
    func mutations() throws {
        var random = SplitMix64(state: 20_260_301)
        let seeds = [
            #"{"jsonrpc":"2.0","id":1,"method":"auth.login","params":{"email":"a@b.c","password":"\u0041\n"}}"#,
            #"[1,2.5e-3,true,null,"x",{"a":[[]]}]"#,
            #"{"a":{"b":{"c":["\ud83d\ude00",-0.0]}}}"#,
        ].map { Array($0.utf8) }
        var accepted = 0
        for _ in 0..<30_000 {
            var text = seeds[Int(random.next() % UInt64(seeds.count))]
            for _ in 0..<(1 + Int(random.next() % 3)) {
                let place = Int(random.next() % UInt64(text.count))
                switch random.next() % 4 {
                case 0: text[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: text.remove(at: place)
                case 2: text.insert(text[Int(random.next() % UInt64(text.count))], at: place)
                default: text = Array(text[..<place])
                }
                if text.isEmpty { text = [0x20] }
            }
            var scanner = JSONScanner()
            guard let value = text.withUnsafeBytes({ try? scanner.scanFlawless($0) }), let tree = try? JSON(value)
            else { continue }
            accepted += 1
            var other = JSONScanner()
            #expect(try JSON(try other.scan(tree.text)) == tree, "\(String(decoding: text, as: UTF8.self))")
        }
        #expect(accepted > 500)
    }
}

/// A small generator, the same on every run.
private struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
