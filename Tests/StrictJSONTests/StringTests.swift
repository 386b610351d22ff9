import Testing

@testable import StrictJSON

/// RFC 8259, sections 7 and 8: quotes, escapes and UTF-8.
@Suite("Strings")
struct StringTests {
    @Test(
        "read as what they stand for",
        arguments: [
            (#""""#, ""), (#"" ""#, " "), (#""a""#, "a"), (#""new-line""#, "new-line"), ("\"'\"", "'"),
            // The eight short escapes, and all of them by number.
            (#""\"""#, "\""), (#""\\""#, "\\"), (#""\/""#, "/"), (#""/""#, "/"), (#""\b""#, "\u{8}"),
            (#""\f""#, "\u{C}"), (#""\n""#, "\n"), (#""\r""#, "\r"), (#""\t""#, "\t"),
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0022""#, "\""), (#""\u005C""#, "\\"),
            (#""\u000A""#, "\n"), (#""\u0012""#, "\u{12}"), (#""\u001f""#, "\u{1F}"), (#""\u007F""#, "\u{7F}"),
            // Escaped backslashes begin no escape.
            (#""\\n""#, #"\n"#), (#""\\a""#, #"\a"#), (#""\\u0000""#, #"\u0000"#), (#""\\\\""#, #"\\"#),
            (#""\\\"""#, #"\""#), (#""\\ud800""#, #"\ud800"#),
            // Numbers in either case, one to four bytes of UTF-8.
            (#""\u002c""#, ","), (#""\u0061\u30af\u30EA\u30b9""#, "a\u{30AF}\u{30EA}\u{30B9}"),
            (#""\u0123""#, "\u{123}"),
            (#""\u0821""#, "\u{821}"), (#""\uA66d""#, "\u{A66D}"), (#""\u00A0""#, "\u{A0}"), (#""\uFFFF""#, "\u{FFFF}"),
            (#""\uFDCF\ufffe""#, "\u{FDCF}\u{FFFE}"), (#""\u200B\u2064""#, "\u{200B}\u{2064}"),
            (#""\ud7ff\uE000""#, "\u{D7FF}\u{E000}"),
            // Surrogates in pairs, the first and the last.
            (#""\ud800\udc00""#, "\u{10000}"), (#""\uDBFF\uDFFF""#, "\u{10FFFF}"), (#""\uD834\uDd1e""#, "\u{1D11E}"),
            (#""\ud83d\ude39\ud83d\udc8d""#, "\u{1F639}\u{1F48D}"),
            (#""\uD83F\uDFFE\uDBFF\uDFFE""#, "\u{1FFFE}\u{10FFFE}"),
            // As they are.
            ("\"\u{7F}\"", "\u{7F}"), ("\"\u{80}\u{7FF}\"", "\u{80}\u{7FF}"),
            ("\"\u{800}\u{FFFF}\"", "\u{800}\u{FFFF}"),
            ("\"\u{10000}\u{1BFFF}\u{10FFFF}\"", "\u{10000}\u{1BFFF}\u{10FFFF}"),
            ("\"\u{D7FF}\u{E000}\"", "\u{D7FF}\u{E000}"),
            ("\"\u{2028}\u{2029}\"", "\u{2028}\u{2029}"), ("\"\u{3C0}\u{20AC}\u{1D11E}\"", "\u{3C0}\u{20AC}\u{1D11E}"),
            ("\"e\u{301}\"", "e\u{301}"), ("\"\u{FEFF}\"", "\u{FEFF}"), ("\"\u{85}\u{A0}\"", "\u{85}\u{A0}"),
            // What means something elsewhere.
            ("\"a/*b*/c//d\"", "a/*b*/c//d"), (#""[{:,}]""#, "[{:,}]"), (#""<a>&amp;%20""#, "<a>&amp;%20"),
            ("\"null\"", "null"),
        ])
    func accepted(text: String, meaning: String) throws {
        #expect(Verdict(text) == .flawless)
        var scanner = JSONScanner()
        #expect(try scanner.scan(Array(text.utf8)).stringBytes == Array(meaning.utf8))
        // The same inside containers, and as a name.
        #expect(try scanner.scan(Array("[ \(text)]".utf8))[0]?.stringBytes == Array(meaning.utf8))
        #expect(try scanner.scan(Array("{\(text):7}".utf8)).member(named: meaning)?.int == 7)
    }

    @Test(
        "end in a quote, and hold no control character",
        arguments: [
            "\"", "\"a", "\"\\\"", "\"\\\\\\\"", "\"a\"b\"", "'a'", "a\"", "`a`", "\u{201C}a\u{201D}", "\"a'", "abc",
            "\"a\nb\"", "\"\n\"", "\"\r\"", "\"\t\"", "\"\u{8}\"", "\"\u{C}\"", "\"\u{1B}\"", "\"a\u{0}b\"",
            "\"\u{0}\"",
            "\"\u{1}\"", "\"\u{1F}\"", "\"01234567\u{1F}\"", "\"0123456789abcde\n\"",
        ])
    func ends(text: String) {
        #expect(Verdict(text) == .refused)
    }

    @Test("hold none of the 32 control characters, wherever it stands", arguments: 0..<0x20)
    func controls(byte: Int) {
        for length in 0..<20 {
            let filler = [UInt8](repeating: 0x61, count: length)
            #expect(Verdict([0x22] + filler + [UInt8(byte)] + filler + [0x22]) == .refused)
        }
    }

    @Test(
        "know nine escapes",
        arguments: [
            // No such escape.
            #"\a"#, #"\v"#, #"\0"#, #"\x00"#, #"\x41"#, #"\'"#, #"\ "#, #"\e"#, #"\N"#, #"\U0041"#, #"\B"#, #"\101"#,
            #"\{41}"#, #"\u{41}"#, "\\\n", "\\\t", "\\\u{0}", "\\\u{E9}", "\\\u{1F600}", #"\&"#, #"\;"#,
            // Four hex digits.
            #"\u"#, #"\u0"#, #"\u00"#, #"\u004"#, #"\u004 "#, #"\u12G4"#, #"\u G41"#, #"\uqqqq"#, #"\u+041"#,
            #"\u-041"#,
            #"\u0x41"#, #"\u00\u00"#, "\\u004\u{661}", "\\u\u{FF10}041", #"\u:::: "#, #"\u@@@@"#, #"\u////"#,
            #"\u````"#,
            // The second half of a pair.
            #"\ud800\u"#, #"\ud800\u1"#, #"\ud800\u1x"#, #"\ud834\uDd"#, #"\ud800\ud800\x"#, #"\ud800\"#,
            #"\ud834\udc0G"#,
            // A backslash at the end escapes the quote.
            #"\"#, #"a\"#, #"\\\"#,
        ])
    func escapes(escape: String) {
        #expect(Verdict("\"\(escape)\"") == .refused)
        #expect(Verdict("[\"a\(escape)") == .refused)
        #expect(Verdict("{\"\(escape)\":7}") == .refused)
    }

    /// The RFC's grammar allows escapes that stand for no character, and leaves to the reader what becomes of them.
    /// Here they are read, as U+FFFD, and marked, so that whatever holds them is refused.
    @Test(
        "with half a surrogate pair are marked",
        arguments: [
            #"\ud800"#, #"\uDBFF"#, #"\udc00"#, #"\uDFFF"#, #"\uDADA"#, #"a\ud800b"#, #"\ud888\u1234"#, #"\ud800\n"#,
            #"\uD800\uD800\n"#, #"\uDd1e\uD834"#, #"\ud800\ud800\udc00"#, #"\ud800\udc00\udc00"#, #"\ud800\\udc00"#,
            "\\ud800\u{10000}", #"\ud800\\u"#, #"\udc00\ud800"#,
        ])
    func surrogates(text: String) throws {
        #expect(Verdict("\"\(text)\"") == .flawed(.loneSurrogate))
        #expect(Verdict("{\"\(text)\":7}") == .flawed(.loneSurrogate))
        var scanner = JSONScanner()
        #expect(try scanner.scan(Array("\"\(text)\"".utf8)).string?.unicodeScalars.contains("\u{FFFD}") == true)
    }

    @Test("with U+0000 are marked", arguments: [#"\u0000"#, #"a\u0000b"#, #"\n\u0000"#, #"\\\u0000"#])
    func nul(text: String) {
        #expect(Verdict("\"\(text)\"") == .flawed(.nul))
        #expect(Verdict("{\"\(text)\":7}") == .flawed(.nul))
        #expect(Verdict("[7,{\"a\":[\"\(text)\"]}]") == .flawed(.nul))
    }

    @Test(
        "are UTF-8, in its shortest form and to its end",
        arguments: [
            // Continuations without a beginning, beginnings without a continuation.
            [0x80], [0xBF], [0x81, 0x82], [0xC3], [0xDF], [0xE2], [0xE2, 0x82], [0xE0, 0xFF], [0xF0], [0xF0, 0x9F],
            [0xF0, 0x9F, 0x98], [0xC3, 0x28], [0xE2, 0x28, 0xA1], [0xE2, 0x82, 0x28], [0xF0, 0x28, 0x8C, 0xBC],
            [0xF0, 0x90, 0x28, 0xBC], [0xF0, 0x90, 0x8C, 0x28], [0xC3, 0xC3, 0xA9], [0xC3, 0xA9, 0xA9],
            // Longer than need be.
            [0xC0, 0x80], [0xC0, 0xAF], [0xC1, 0x81], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xE0, 0x80, 0xAF],
            [0xE0, 0x9F, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x80, 0x80, 0xAF], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFC, 0x83, 0xBF, 0xBF, 0xBF, 0xBF], [0xFC, 0x80, 0x80, 0x80, 0x80, 0x80],
            // Surrogates, alone and in pairs.
            [0xED, 0xA0, 0x80], [0xED, 0xAF, 0xBF], [0xED, 0xB0, 0x80], [0xED, 0xBF, 0xBF],
            [0xED, 0xA0, 0xB4, 0xED, 0xB4, 0x9E],
            // Above U+10FFFF, and bytes that occur nowhere.
            [0xF4, 0x90, 0x80, 0x80], [0xF4, 0xBF, 0xBF, 0xBF], [0xF5, 0x80, 0x80, 0x80], [0xF7, 0xBF, 0xBF, 0xBF],
            [0xFE], [0xFF], [0xFE, 0xFF],
            // Latin-1.
            [0xE9], [0x63, 0x61, 0x66, 0xE9], [0xE5, 0x61],
        ] as [[UInt8]])
    func encoding(bytes: [UInt8]) {
        for length in [0, 1, 6, 7, 8, 15, 16] {
            let filler = [UInt8](repeating: 0x61, count: length)
            #expect(Verdict([0x22] + filler + bytes + [0x22]) == .refused)
            #expect(Verdict([0x22] + filler + bytes + filler + [0x22]) == .refused)
            #expect(Verdict([0x22, 0xC3, 0xA9] + bytes + filler + [0x22]) == .refused)
            #expect(Verdict([0x22] + filler + bytes) == .refused)
        }
        #expect(Verdict([0x7B, 0x22] + bytes + [0x22, 0x3A, 0x37, 0x7D]) == .refused)
        #expect(Verdict([0x22, 0x5C] + bytes + [0x22]) == .refused)
        #expect(Verdict([0x22, 0x5C, 0x75, 0x30, 0x30, 0x34] + bytes + [0x22]) == .refused)
    }

    @Test("hold every character there is, and it comes back byte for byte")
    func everyScalar() throws {
        var scanner = JSONScanner()
        for plane in stride(from: UInt32(0), to: 0x11_0000, by: 0x4000) {
            var text = ""
            for value in plane..<(plane + 0x4000) where value > 0 {
                if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
            }
            var writer = JSONWriter()
            writer.string(text)
            #expect(try scanner.scan(writer.bytes).stringBytes == Array(text.utf8))
            #expect(!writer.bytes.contains { $0 < 0x20 }, "one line stays one line")
            let escaped = text.utf16.map { unit in
                let digits = String(unit, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            }
            let value = try scanner.scan(Array("\"\(escaped.joined())\"".utf8))
            #expect(value.defect == nil && value.stringBytes == Array(text.utf8))
        }
    }

    @Test("are compared as bytes, whether they have escapes or not")
    func comparison() throws {
        var scanner = JSONScanner()
        let value = try scanner.scan(Array(#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\u2028""#.utf8))
        #expect(value.string == "\"\\/\u{8}\u{C}\n\r\t\u{E9}\u{1F600}\u{2028}")
        #expect(value.stringEquals("x") == false)
        let kelvin = try scanner.scan(Array("\"\u{212A}\"".utf8))
        #expect(!kelvin.stringEquals("K") && kelvin.stringEquals("\u{212A}"))
        let escaped = try scanner.scan(Array(#""e\u0301""#.utf8))
        #expect(!escaped.stringEquals("\u{E9}") && escaped.stringEquals("e\u{301}"))
    }
}
