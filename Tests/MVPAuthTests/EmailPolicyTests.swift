import InternationalDomains
import Testing

@testable import MVPAuth

@Suite("Email policy")
struct EmailPolicyTests {
    private let policy = EmailPolicy(domains: IDN2DomainEncoder())

    @Test(
        "makes one spelling of an address",
        arguments: [
            ("Ada@Example.ORG", "ada@example.org"),
            ("a.b+c_d@x.example", "a.b+c_d@x.example"),
            ("u@bücher.example", "u@xn--bcher-kva.example"),
            ("u@XN--BCHER-KVA.example", "u@xn--bcher-kva.example"),
            ("re\u{301}sume\u{301}@x.example", "résumé@x.example"),
            ("Straße@x.example", "straße@x.example"),
            ("x\u{301}y@x.example", "x\u{301}y@x.example"),
            ("İ@x.example", "İ@x.example"),
            (" ada@example.org", "ada@example.org"),
            ("ada@example.org ", "ada@example.org"),
            ("\t ada@example.org\r\n", "ada@example.org"),
            ("\u{C}ada@example.org\u{A0}", "ada@example.org"),
            ("\u{3000}ada@example.org\u{2003}", "ada@example.org"),
            (" u@bücher.example\n", "u@xn--bcher-kva.example"),
        ])
    func canonical(text: String, expected: String) throws {
        let address = try policy.canonical(text).address
        #expect(Array(address.utf8) == Array(expected.utf8))
    }

    @Test(
        "refuses what is no plain address",
        arguments: [
            "", "a", "@x.org", "a@", "a@b@c", "a b@x.org", "\"q\"@x.org", "a(c)@x.org", "a@[127.0.0.1]",
            "=?utf-8?q?=40?=@x.org", "v@x.org,a@y.org", "v@x.org a@y.org", "a..b@x.org", ".a@x.org", "a.@x.org",
            "a@x..org", "a@-x.org", "a@x.org.", "a@x.org\r\nBcc: e@y.org", "a\r@x.org", "a\n@x.org", "a\u{85}@x.org",
            "a\u{2028}@x.org", "a @x.org", "a@ x.org", "a\u{A0}@x.org", " ", "\r\n", " \u{301}a@x.org", "a@x.org\u{0}",
            "a@x.org\u{B}", "a@x.org\u{85}", "\u{FEFF}a@x.org", "a@x.org\u{200B}", "user@localhost", "user@com",
            "user@localhost.", "user@.org", "user@xn--p1ai", "user@рф", "user@бг ", "user@localhost\u{3002}",
            "a\u{200B}@x.org", "a\u{FEFF}@x.org",
            "a\u{AD}@x.org", "a\u{202E}@x.org", "a\u{FE0F}@x.org", "a\u{0}@x.org", "ａ@x.org", "a\u{FF20}x.org",
            "a\u{FE6B}x.org", "a\u{2100}b@x.org", "\u{301}a@x.org", "a@\u{301}x.org", "a@x_y.org", "a@1.2.3.4",
            "\u{E000}@x.org", "\u{FDFA}\u{200D}@x.org",
        ])
    func refusal(text: String) {
        #expect(throws: AuthError.self) { try policy.canonical(text) }
        #expect(policy.canonicalIfValid(text) == nil)
    }

    @Test(
        "answers a domain in the letters that it was written in",
        arguments: [
            ("Ada@Example.ORG", "ada@example.org"),
            ("Ada@bücher.example", "ada@bücher.example"),
            ("ada@BÜCHER.Example", "ada@bücher.example"),
            ("ada@bu\u{308}cher.example", "ada@bücher.example"),
            ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
            ("ada@straße.example", "ada@straße.example"),
            ("ada@例え.テスト", "ada@例え.テスト"),
            (" ada@пример.бг ", "ada@пример.бг"),
        ])
    func spelling(text: String, expected: String) throws {
        let email = try policy.canonical(text)
        #expect(Array(email.spelling.utf8) == Array(expected.utf8))
        #expect(try policy.canonical(email.spelling) == email, "what is answered finds the account")
    }

    @Test("names the field")
    func field() {
        #expect {
            try policy.canonical("nonsense")
        } throws: {
            ($0 as? AuthError)?.code == .validation && ($0 as? AuthError)?.fields.first?.path == "email"
        }
    }

    @Test("counts bytes: 64 before the @, 254 in all, 63 in a label")
    func sizes() {
        func accepts(_ local: Int, _ labels: [Int]) -> Bool {
            let domain = labels.map { String(repeating: "d", count: $0) }.joined(separator: ".")
            return policy.canonicalIfValid(String(repeating: "l", count: local) + "@" + domain) != nil
        }
        #expect(accepts(64, [63, 3]))
        #expect(!accepts(65, [63, 3]))
        #expect(!accepts(1, [64, 3]))
        #expect(accepts(64, [63, 63, 57, 3]))
        #expect(!accepts(64, [63, 63, 58, 3]))
        #expect(policy.canonicalIfValid(String(repeating: "é", count: 33) + "@x.org") == nil)
    }

    @Test(
        "says which rule an address breaks",
        arguments: [
            ("", "it is empty"), (" \n", "it is empty"),
            (String(repeating: "a", count: 4 * 254), "it must contain exactly one @"),
            (String(repeating: "a", count: 4 * 254 + 1), "it is longer than 254 bytes"),
            ("a\u{212A}@x.org", "a character looks like another one"),
            ("a\u{37E}@x.org", "a character looks like another one"),
            ("a\u{1FEF}@x.org", "a character looks like another one"),
            ("x.org", "it must contain exactly one @"), ("a@b@x.org", "it must contain exactly one @"),
            ("@x.org", "nothing stands before the @"),
            (String(repeating: "l", count: 65) + "@x.org", "more than 64 bytes stand before the @"),
            ("a b@x.org", "a character before the @ is not allowed"),
            ("=?a@x.org", "a character before the @ is not allowed"),
            (".a@x.org", "a dot before the @ is misplaced"), ("a.@x.org", "a dot before the @ is misplaced"),
            ("a..b@x.org", "a dot before the @ is misplaced"), ("a@", "nothing stands after the @"),
            ("a@-x.org", "the domain is not valid"), ("a@x y.org", "the domain is not valid"),
            ("a@localhost", "the domain has no dot"),
        ])
    func reasons(text: String, reason: String) {
        let error = #expect(throws: AuthError.self) { try policy.canonical(text) }
        #expect(error?.fields.map(\.reason) == [reason])
    }

    @Test("looks for whatever may be stored: something on either side of an @")
    func mailboxes() {
        func isLookedFor(_ text: String) -> Bool { (try? policy.requireMailbox(text)) != nil }
        for text in ["a@b", " a@b ", "a b@c d", "a@" + String(repeating: "b", count: 4 * 254 - 2)] {
            #expect(isLookedFor(text))
        }
        for text in ["", "@", "a@", "@b", "ab", "a@" + String(repeating: "b", count: 4 * 254 - 1)] {
            #expect(!isLookedFor(text))
        }
    }

    @Test("answers a domain of more than 254 bytes in its ASCII form")
    func longSpelling() throws {
        let labels = Array(repeating: String(repeating: "あ", count: 20), count: 4).joined(separator: ".")
        for (end, isShort) in [("exampleabc", true), ("exampleabcd", false)] {
            let domain = "\(labels).\(end)"
            #expect(domain.utf8.count == (isShort ? 254 : 255))
            let spelling = try policy.canonical("a@\(domain)").spelling
            #expect(spelling.hasPrefix(isShort ? "a@あ" : "a@xn--"))
        }
    }

    @Test("answers a domain as it was written where it is none in lower case")
    func unlikeInLowerCase() throws {
        #expect(try EmailPolicy(domains: OneDomain()).canonical("a@Ä.example").spelling == "a@Ä.example")
    }

    @Test("keeps lookalikes apart from the stored address")
    func lookalikes() throws {
        let stored = try policy.canonical("mike@example.org")
        for text in ["mıke@example.org", "mi\u{212A}e@example.org", "ｍｉｋｅ@example.org", "MİKE@example.org"] {
            #expect(policy.canonicalIfValid(text) != stored)
        }
        #expect(try policy.canonical("MIKE@EXAMPLE.ORG") == stored)
    }

    @Test("is idempotent over scalars of every kind, before and after the @")
    func idempotence() {
        var accepted = 0
        let everything =
            Array(UInt32(1)...0x2FFF) + Array(0xF900...0xFFFF) + Array(stride(from: 0x3000, to: 0x110000, by: 37))
        for value in everything {
            guard let scalar = Unicode.Scalar(value) else { continue }
            for text in ["a\(scalar)b@x.example", "a@y\(scalar)z.example"] {
                guard let once = policy.canonicalIfValid(text) else { continue }
                accepted += 1
                let twice = policy.canonicalIfValid(once.address)
                if twice != once { Issue.record("U+\(String(value, radix: 16)) is not stable") }
                if once.address.utf8.count(where: { $0 == 0x40 }) != 1 {
                    Issue.record("U+\(String(value, radix: 16)): @")
                }
            }
        }
        #expect(accepted > 10_000)
    }
}

/// Knows one domain, in one spelling.
private struct OneDomain: DomainEncoder {
    func asciiForm(of domain: String) -> String? { domain == "Ä.example" ? "xn--4ca.example" : nil }
}
