@testable import MVPAuth
import Testing

@Suite("Password policy")
struct PasswordPolicyTests {
    private func reason(_ password: String, policy: PasswordPolicy = PasswordPolicy()) -> String? {
        do throws(AuthError) {
            try policy.check(Secret(password), field: "password", email: "grace.hopper@navy.example")
            return nil
        } catch {
            #expect(error.code == .passwordValidation)
            #expect(error.fields.map(\.path) == ["password"])
            return error.fields.first?.reason
        }
    }

    @Test("counts Unicode scalars after NFC")
    func length() {
        #expect(reason("zq8!vLp") == "too_short")
        #expect(reason("zq8!vLpm") == nil)
        #expect(reason("🇳🇱🇧🇪🇩🇪🇫🇷") == nil)
        #expect(reason("a" + String(repeating: "\u{301}", count: 20_000)) == "too_long")
        #expect(reason("e\u{301}e\u{301}e\u{301}e\u{301}") == "too_short")
        #expect(reason(String(repeating: "xy", count: 64)) == nil)
        #expect(reason(String(repeating: "xy", count: 64) + "z") == "too_long")
    }

    @Test("looks at 1024 bytes at most, however few characters they make")
    func bytes() {
        // 9 bytes as letters, one character after NFC.
        let syllables = String(repeating: "\u{1112}\u{1161}\u{11AB}", count: 113)
        #expect(reason(syllables + "abcdefg") == nil)
        #expect(reason(syllables + "abcdefgh") == "too_long")
    }

    @Test("asks for 15 under the profile nist")
    func nist() {
        let policy = PasswordPolicy(minimumLength: 15)
        #expect(reason("hg7-kk2-pw9-qz", policy: policy) == "too_short")
        #expect(reason("hg7-kk2-pw9-qzv", policy: policy) == nil)
    }

    @Test("refuses what everybody uses, in any case", arguments: ["password", "PASSWORD", "12345678", "Password123"])
    func common(password: String) {
        #expect(reason(password) == "common_password")
    }

    @Test(
        "refuses the address and its parts", arguments: ["grace.hopper", "Grace.Hopper@navy.example", "navy.example"])
    func context(password: String) {
        #expect(reason(password) == "context_word")
    }

    @Test("refuses U+0000 and keeps spaces")
    func characters() {
        #expect(reason("abcdefgh\u{0}x") == "invalid_character")
        #expect(reason("  spaced  out  ") == nil)
    }

    @Test("finds every entry of the list of common passwords")
    func list() {
        let text = CommonPasswords.list.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
        let entries = text.split(separator: "\n").map(String.init)
        #expect(entries.count > 3000)
        #expect(entries == entries.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        for entry in entries { #expect(CommonPasswords.contains(entry)) }
        #expect(!CommonPasswords.contains("zzzzzzzzzzzzzzzzzzzzzz1"))
        #expect(!CommonPasswords.contains(""))
    }
}
