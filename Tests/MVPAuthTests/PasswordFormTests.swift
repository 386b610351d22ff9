import MVPAuth
import Testing

@Suite("Forms of password hashes")
struct PasswordFormTests {
    private func form(_ hash: String) -> String? { PasswordForm(of: hash)?.text }

    @Test("hold algorithm and cost, and nothing behind them")
    func beginnings() {
        for hash in ["$2a$12$abc", "$2b$12$", "$2y$12$abc"] { #expect(form(hash) == "$2b$12$") }
        for name in ["argon2id", "argon2i", "argon2d"] {
            #expect(form("$\(name)$v=19$m=64,t=1,p=1$c2FsdA$aGFzaA") == "$\(name)$v=19$m=64,t=1,p=1$")
            #expect(form("$\(name)$v=19$m=64,t=1,p=1$") == "$\(name)$v=19$m=64,t=1,p=1$")
        }
    }

    @Test(
        "are none of what says less, or something else",
        arguments: [
            "", "$", "$$$", "$2b$12", "$2b$1$abc", "$2b$123$abc", "$2x$12$abc", "$2bb$12$abc", "$3b$12$abc",
            "$argon2id$v=19$m=64,t=1,p=1", "$argon2$v=19$m=64,t=1,p=1$", "2b$12$abc$def", "plain",
        ])
    func none(hash: String) {
        #expect(form(hash) == nil)
    }

    @Test("count the rounds of each block of a result", arguments: [(32, 1), (33, 2), (64, 2), (65, 3)])
    func blocks(bytes: Int, blocks: Int) {
        let result = String(repeating: "00", count: bytes)
        #expect(form("pbkdf2:sha256:1000$salt$" + result) == "$pbkdf2-sha256$\(1000 * blocks)$")
    }

    @Test("the most frequent one is the first of those that are as frequent")
    func mostFrequent() {
        let hashes = (10..<40).map { "$2b$\($0)$abc" }
        #expect(PasswordForm.mostFrequent(of: hashes)?.text == "$2b$10$")
        #expect(PasswordForm.mostFrequent(of: hashes + ["$2b$20$def"])?.text == "$2b$20$")
        #expect(PasswordForm.mostFrequent(of: ["plain"]) == nil)
    }
}
