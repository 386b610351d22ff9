import Testing

@testable import AuthCrypto

@Suite("Base64 with one spelling for each value")
struct Base64Tests {
    /// RFC 4648 §10, without padding.
    private static let standard = [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
        ("foobar", "Zm9vYmFy"),
    ]

    @Test("is that of RFC 4648", arguments: standard)
    func vectors(text: String, base64: String) {
        for alphabet in [Base64.standard, Base64.url] {
            #expect(Base64.encode(Array(text.utf8), alphabet) == base64)
            #expect(Base64.decode(base64.utf8, alphabet) == Array(text.utf8))
        }
    }

    @Test("gives back what it was given, of any length")
    func roundTrip() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: 251 &* $0 &+ count) }
            let text = Base64.encode(bytes, Base64.url)
            #expect(text.utf8.count == (4 * count + 2) / 3)
            #expect(Base64.decode(text.utf8, Base64.url) == bytes)
            var token = Array("a.".utf8)
            bytes.withUnsafeBytes { Base64.append($0, Base64.url, to: &token) }
            #expect(token == Array("a.\(text)".utf8))
        }
    }

    @Test("has an alphabet for tokens, and one for everything else")
    func alphabets() {
        let bytes: [UInt8] = [0xFB, 0xFF, 0xBF]
        #expect(Base64.encode(bytes, Base64.standard) == "+/+/" && Base64.encode(bytes, Base64.url) == "-_-_")
        #expect(Base64.decode("+/+/".utf8, Base64.url) == nil && Base64.decode("-_-_".utf8, Base64.standard) == nil)
    }

    @Test("of one byte more or of two has 16 or 4 last digits, and no other")
    func lastDigits() {
        let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        for start in ["", "Zm9v", "Zm9vYmFy"] {
            #expect(digits.filter { Base64.decode("\(start)Z\($0)".utf8, Base64.url) != nil } == "AQgw")
            #expect(
                digits.filter { Base64.decode("\(start)Zm\($0)".utf8, Base64.url) != nil } == "AEIMQUYcgkosw048")
            #expect(digits.filter { Base64.decode("\(start)\($0)".utf8, Base64.url) != nil }.isEmpty)
        }
    }

    @Test("holds nothing but its digits, at any place", arguments: ["=", " ", "\n", ".", "+", "\u{0}", "é"])
    func strangers(stranger: String) {
        for count in 1...8 {
            for place in 0..<count {
                let text =
                    String(repeating: "A", count: place) + stranger + String(repeating: "A", count: count - place - 1)
                #expect(Base64.decode(text.utf8, Base64.url) == nil, "\(text)")
            }
        }
    }
}
