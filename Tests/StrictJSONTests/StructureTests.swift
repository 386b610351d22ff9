import Testing

@testable import StrictJSON

/// RFC 8259, sections 2 to 5: texts, white space, literals, objects and arrays.
@Suite("Structure")
struct StructureTests {
    @Test(
        "a text is one value of any kind, white space around it",
        arguments: [
            // Alone.
            "null", "true", "false", "7", "-0.5", "\"\"", "\"a\"", "[]", "{}",
            // White space: the four characters, wherever a token ends.
            " 7", "7 ", "\t7", "7\r\n", "\n\n[]\n", " \t\r\n{ }\r\n\t ", "[ ]", "[\n]", "[[ ] ]", "[ 7]", "[7 ]",
            "[\t7\t,\r\n8\n]", "{ \"a\" : 7 }", "{\n\"a\"\n:\n7\n,\n\"b\"\n:\n8\n}",
            // Arrays.
            "[null]", "[true,false]", "[\"\"]", "[[]]", "[{}]", "[7,null,null,8]", "[null,7,\"7\",{},[]]",
            "[[[],[]],[[[]]]]",
            // Objects.
            #"{"a":7}"#, #"{"a":"b","c":"d"}"#, #"{"":7}"#, #"{"a":{}}"#, #"{"a":[{"b":[]}]}"#,
            #"{"low":-1.5e+30,"high":1.5e+30}"#, #"{"true":true,"null":null}"#, #"{"a":"{\"b\":[7}"}"#,
            #"{"A":7,"a":8}"#,
        ])
    func accepted(text: String) {
        #expect(Verdict(text) == .flawless)
    }

    @Test(
        "an array has brackets, and one comma between two elements",
        arguments: [
            "[", "]", "[7", "7]", "[7]]", "[[7]", "[,", "[,]", "[,7]", "[7,", "[7,]", "[7,,]", "[7,,8]", "[\"a\",,]",
            "[ , \"\"]", "[7 8]", "[7 true]", "[7[8]]", "[7;8]", "[7:8]", "[\"\":7]", "[\"\"", "[\"a", "[\"a]", "[{}",
            "[7\n", "[7,\n8\n,8", "[\"a\",\n7\n,", "[}", "[7}", "(7)", "[*]", "['", "[\"a\"],", "[][]", "[] []", "[7]a",
        ])
    func arrays(text: String) {
        #expect(Verdict(text) == .refused)
    }

    @Test(
        "an object has braces, and names, colons, values and commas in their turn",
        arguments: [
            "{", "}", "{]", "{,", "{[", "{}}", "[{", "[{]}", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":7", "{\"a\":7,",
            "{\"\":", "{\"a\":\"a", "{\"a\"}", "{\"a\":}", "{:7}", "{\"a\" 7}", "{\"a\" \"b\"}", "{\"a\",7}",
            "{\"a\"::7}", "{\"a\":7:8}", "{\"a\":7 8}", "{\"a\":7 \"b\":8}", "{\"a\":7;\"b\":8}", "{\"a\":7,}",
            "{\"a\":7,,}", "{,\"a\":7}", "{\"a\":7,,\"b\":8}", "{\"a\":7,\"b\"}", "{\"a\":7]",
            // Names are strings in double quotes.
            "{a:7}", "{'a':7}", "{7:7}", "{1E9:7}", "{null:null}", "{true:7}", "{[:7}", "{[]:7}", "{{}:7}",
            "{\u{1F1E8}\u{1F1ED}}", "{\"a\":a}", "{\"a\":'a'}", "{'a", "{\"a\":7}}",
        ])
    func objects(text: String) {
        #expect(Verdict(text) == .refused)
    }

    @Test(
        "a literal is null, true or false, as it is written here",
        arguments: [
            "n", "nul", "nulll", "NULL", "Null", "nil", "none", "t", "tru", "truee", "True", "TRUE", "f", "fals",
            "falsee", "False", "truefalse", "true false", "[nul]", "[tru]", "[fals]", "[ true, fals", "[ 7, nul",
            "undefined", "yes", "[truth]", "[<null>]", "nu ll", "n\u{0}ull", "null\u{0}", "abc", "a\u{E5}", "\u{E5}",
            "\u{E9}", "[\u{E9}]", "*", "<.>", "&", "#", "@", "\\",
        ])
    func literals(text: String) {
        #expect(Verdict(text) == .refused)
    }

    @Test(
        "nothing else is white space, a comment, or allowed after the value",
        arguments: [
            "", " ", "\n", "\t\r\n ",
            // White space of other standards.
            "[\u{B}]", "[\u{C}]", "\u{A0}7", "7\u{A0}", "[\u{85}7]", "\u{2028}7", "[7\u{2029}]", "\u{2060}[]",
            "[\u{2060}]", "[\u{3000}]", "\u{200B}7", "[\"a\u{B}\"\u{C}]", "[\\u000A7]", "[\\u0020\"a\"]", "[\\n]",
            // Comments.
            "/**/7", "7/**/", "7//", "7/", "7#", "[7,/*8*/9]", "{\"a\":/*7*/8}", "{\"a\":7}/**//", "{\"a\":7}//b",
            "{\"a\":7}#{}", "//7", "#7",
            // More than one value.
            "7 8", "\"a\"\"b\"", "\"\"x", "{}{}", "{} []", "7,8", "7@", "{\"a\":7} \"b\"", "7;", "nullnull",
            // NUL.
            "\u{0}", "\u{0}7", "7\u{0}", "[\u{0}]", "[7\u{0}]", "{\u{0}}", "{\"a\"\u{0}:7}",
        ])
    func surroundings(text: String) {
        #expect(Verdict(text) == .refused)
    }

    @Test(
        "a text is UTF-8 without a byte order mark",
        arguments: [
            [0xEF, 0xBB, 0xBF], [0xEF, 0xBB, 0xBF, 0x7B, 0x7D], [0xEF, 0xBB, 0x7B, 0x7D], [0xEF, 0x7B, 0x7D],
            // UTF-16 and UTF-32, with the mark and without.
            [0xFF, 0xFE, 0x37, 0x00], [0xFE, 0xFF, 0x00, 0x37], [0x37, 0x00], [0x00, 0x37],
            [0x00, 0x22, 0x00, 0xE9, 0x00, 0x22], [0x22, 0x00, 0xE9, 0x00, 0x22, 0x00], [0x37, 0x00, 0x00, 0x00],
            [0x00, 0x00, 0x00, 0x37], [0xFF, 0xFE, 0x00, 0x00, 0x37, 0x00, 0x00, 0x00],
            // Bytes that belong to nothing, outside strings.
            [0xE5], [0xFF], [0x80], [0x5B, 0xFF, 0x5D], [0x5B, 0x61, 0xE5, 0x5D], [0x7B, 0xE5, 0x7D],
        ] as [[UInt8]])
    func encodings(text: [UInt8]) {
        #expect(Verdict(text) == .refused)
    }

    @Test("32 containers may be nested, and no input makes the scanner recurse")
    func depth() {
        func nested(_ count: Int, _ open: String = "[", _ close: String = "]") -> [UInt8] {
            Array(String(repeating: open, count: count).utf8) + Array(String(repeating: close, count: count).utf8)
        }
        #expect(Verdict(nested(32)) == .flawless)
        #expect(Verdict(nested(33)) == .refused)
        #expect(Verdict(nested(500)) == .refused)
        #expect(Verdict(nested(8), depth: 8) == .flawless)
        #expect(Verdict(nested(9), depth: 8) == .refused)
        #expect(Verdict(nested(32_000), depth: 32_000) == .flawless)
        #expect(Verdict(Array(repeating: UInt8(ascii: "["), count: 65_536)) == .refused)
        #expect(Verdict(Array(repeating: UInt8(ascii: "["), count: 65_536), depth: 1 << 20) == .refused)
        #expect(Verdict(Array(String(repeating: #"[{"":"#, count: 16_000).utf8), depth: 1 << 20) == .refused)
        #expect(Verdict(Array(String(repeating: #"["\{"#, count: 100).utf8)) == .refused)
        // Siblings are not nesting.
        #expect(Verdict("[" + String(repeating: "[],", count: 10_000) + "[]]") == .flawless)
    }

    @Test("names are compared as bytes, after unescaping and not otherwise")
    func names() {
        for text in [
            #"{"a":7,"a":7}"#, #"{"a":7,"b":8,"a":9}"#, #"{"":7,"":8}"#, #"{"a":7,"\u0061":8}"#,
            #"{"\u0061":7,"\u0061":8}"#, #"{"\/":7,"/":8}"#, #"{"\n":7,"\u000A":8}"#,
            "{\"\u{E9}\":7,\"\\u00e9\":8}", #"{"\ud83d\ude00":7,"\#u{1F600}":8}"#, #"[7,{"b":{"c":7,"c":8}}]"#,
        ] {
            #expect(Verdict(text) == .flawed(.duplicateName), "\(text)")
        }
        for text in [
            // Composed and decomposed, compatible, and of another case.
            "{\"\u{E9}\":7,\"e\u{301}\":8}", "{\"\u{212A}\":7,\"K\":8}", "{\"\u{1FEF}\":7,\"`\":8}",
            "{\"\u{AC00}\":7,\"\u{1100}\u{1161}\":8}", "{\"\u{FB01}\":7,\"fi\":8}", #"{"id":7,"ID":8}"#,
            // In different objects.
            #"{"a":{"a":{"a":7}}}"#, #"[{"a":7},{"a":8}]"#, #"{"a":7,"b":{"a":8},"c":{"a":9}}"#,
            // Nearly the same.
            #"{"a":7,"a ":8}"#, #"{"a":7,"aa":8}"#, #"{"\\u0061":7,"a":8}"#, #"{"":7," ":8}"#,
        ] {
            #expect(Verdict(text) == .flawless, "\(text)")
        }
    }

    @Test("a repeated name is found among few and among thousands", arguments: [1, 11, 12, 13, 200, 8000])
    func manyNames(count: Int) throws {
        let distinct = (0..<count).map { "\"k\($0)\":0" }.joined(separator: ",")
        #expect(Verdict("{\(distinct)}") == .flawless)
        let repeated = #"{"last":0,\#(distinct),"\u006b0":0,"l\u0061st":0}"#
        var scanner = JSONScanner()
        let value = try scanner.scan(Array(repeated.utf8))
        #expect(value.document.defects.map { value.document.value(at: $0.node).string } == ["k0", "last"])
        #expect(value.count == count + 3)
    }

    @Test("canonical variants of thousands of names stay apart")
    func manyVariants() {
        let composed = (0..<4000).map { "\"k\($0)\u{E9}\":0" }
        let decomposed = (0..<4000).map { "\"k\($0)e\u{301}\":0" }
        #expect(Verdict("{" + (composed + decomposed).joined(separator: ",") + "}") == .flawless)
    }
}
