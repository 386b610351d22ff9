import AuthTesting
import Testing

@testable import StrictJSON

/// What the scanner does with whole texts; the grammar's parts have suites of their own.
@Suite("The scanner")
struct GrammarTests {
    private func isFlawless(_ text: String) -> Bool {
        var scanner = JSONScanner()
        return Array(text.utf8).withUnsafeBytes { (try? scanner.scanFlawless($0)) != nil }
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

    @Test("is used again, and earlier values stay as they were")
    func reuse() throws {
        var scanner = JSONScanner()
        let first = try scanner.scan(Array(#"{"a":"first"}"#.utf8))
        #expect(throws: JSONSyntaxError.self) { try scanner.scan(Array("[".utf8)) }
        let large = "[" + String(repeating: "\"x\",", count: 30_000) + "7]"
        #expect(try scanner.scan(Array(large.utf8)).count == 30_001)
        #expect(throws: JSONSyntaxError.self) { try scanner.scan(Array((large + ",").utf8)) }
        #expect(try scanner.scan(Array("7".utf8)).int == 7)
        #expect(first["a"]?.string == "first")
    }

    @Test(
        "says where a text goes wrong, and nothing of what is in it",
        arguments: [
            ("", 0, "unexpected end of the text"), ("[7", 2, "unexpected end of the text"),
            ("[7 secret]", 3, "expected , or ] in an array"), ("{\"a\":secret}", 5, "expected a value"),
            ("7 secret", 2, "expected the end of the text"), ("{secret:7}", 1, "expected a member name"),
            (#""\secret""#, 2, "unknown escape in a string"), ("01", 1, "leading zero in a number"),
            (#""\u00secret""#, 5, "expected a hex digit"), ("-secret", 1, "expected a digit"),
        ])
    func errors(text: String, offset: Int, reason: String) {
        var scanner = JSONScanner()
        do throws(JSONSyntaxError) {
            _ = try scanner.scan(Array(text.utf8))
            Issue.record("\(text) was accepted")
        } catch {
            #expect("\(error)" == "\(reason) at byte \(offset)")
        }
    }

    @Test("survives any change to a text, and what it accepts reads the same again")
    func mutations() throws {
        var random = SplitMix64(seed: 20_260_301)
        let seeds = [
            #"{"jsonrpc":"2.0","id":1,"method":"auth.login","params":{"email":"a@b.c","password":"\u0041\n"}}"#,
            #"[1,2.5e-3,true,null,"x",{"a":[[]]}]"#,
            #"{"a":{"b":{"c":["\ud83d\ude00",-0.0]}}}"#,
        ].map { Array($0.utf8) }
        var accepted = 0
        for _ in 0..<30_000 {
            var text = seeds[random.next(seeds.count)]
            for _ in 0..<(1 + random.next(3)) {
                let place = random.next(text.count)
                switch random.next(4) {
                case 0: text[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: text.remove(at: place)
                case 2: text.insert(text[random.next(text.count)], at: place)
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

    @Test("keeps nothing of a text that is over, unless somebody holds a value of it")
    func forgotten() throws {
        var scanner = JSONScanner()
        var document: JSONDocument? = try scanner.scan(Array(#"{"password":"correct horse"}"#.utf8)).document
        weak let held = document
        scanner.forget()
        #expect(document?.root["password"]?.string == "correct horse", "it is held here")
        let text = try #require(document?.text)
        document?.forget()
        #expect((0..<28).allSatisfy { text[$0] == 0 })
        document = nil
        #expect(held == nil, "and by nobody else")
        var writer = JSONWriter(reserving: 8)
        writer.string("a token that does not fit")
        writer.truncate(to: 3)
        #expect(writer.room[3...].allSatisfy { $0 == 0 } && writer.bytes == Array("\"a ".utf8))
        writer.removeAll()
        #expect(writer.room.allSatisfy { $0 == 0 } && writer.count == 0)
    }
}
