import MVPAuth
import Testing

@Suite("Secret")
struct SecretTests {
    @Test("shows nothing of itself in any form of printing")
    func description() {
        let secret = Secret("canary-7f3a")
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), dumped, "\([secret])", "\(Optional(secret) as Any)"] {
            #expect(!text.contains("canary"))
        }
        #expect(secret.reveal() == "canary-7f3a")
    }

    @Test("compares in constant time by content")
    func comparison() {
        #expect(constantTimeEqual("abc".utf8, "abc".utf8))
        #expect(!constantTimeEqual("abc".utf8, "abd".utf8))
        #expect(!constantTimeEqual("abc".utf8, "ab".utf8))
    }
}
