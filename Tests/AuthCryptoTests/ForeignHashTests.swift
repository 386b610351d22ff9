import Foundation
import MVPAuth
import Testing

@testable import AuthCrypto

@Suite("Hashes that other software made")
struct ForeignHashTests {
    private static let bcrypt = Bcrypt(cost: 4)
    private static let argon2id = Argon2id(memoryKiB: 48, iterations: 1)
    private static let scheme = PasswordScheme(
        choice: .argon2id, bcrypt: bcrypt, argon2id: argon2id, onUnusableHash: {})

    /// A line of `Fixtures/foreign-hashes.jsonl`, which `foreign_hashes.py` writes with the original software.
    private struct Vector: Decodable, Sendable {
        let kind: String
        let password: String
        let hash: String
    }

    private static let vectors: [String: [Vector]] = {
        // Made with a greater --count, as many as one likes.
        let path =
            ProcessInfo.processInfo.environment["MVP_AUTH_FOREIGN_HASHES"]
            ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Fixtures/foreign-hashes.jsonl"
        let lines = (FileManager.default.contents(atPath: path) ?? Data()).split(separator: UInt8(ascii: "\n"))
        let vectors = lines.compactMap { try? JSONDecoder().decode(Vector.self, from: $0) }
        return Dictionary(grouping: vectors, by: \.kind)
    }()

    private static func verdict(_ password: String, _ hash: PasswordHash?) -> PasswordVerdict {
        scheme.verify(password, against: hash, else: argon2id.decoy).verdict
    }

    private static let kinds = [
        "argon2d", "argon2i", "argon2id", "better-auth", "django-argon2", "django-bcrypt", "django-bcrypt-sha256",
        "django-pbkdf2", "django-scrypt", "fast-ldap-md5", "fast-ldap-sha1", "fast-ldap-sha256", "fast-ldap-sha512",
        "fast-md5", "fast-sha1", "fast-sha256", "fast-sha512", "firebase", "keycloak-pbkdf2-sha512",
        "passlib-pbkdf2-sha1", "passlib-pbkdf2-sha256", "passlib-scrypt", "php-bcrypt", "werkzeug-pbkdf2",
        "werkzeug-scrypt",
    ]

    @Test("The fixture holds every kind")
    func fixture() {
        #expect(Self.vectors.keys.sorted() == Self.kinds)
        #expect(Self.vectors.values.allSatisfy { $0.count >= 20 })
    }

    @Test("Are taken over, match their password only, and ask to be replaced", arguments: kinds)
    func matches(kind: String) throws {
        for vector in Self.vectors[kind] ?? [] {
            #expect(Self.scheme.refusal(of: vector.hash) == nil, "\(vector.hash)")
            let hash = try #require(try Self.scheme.adopt(vector.hash))
            #expect(hash.isImported)
            #expect(Self.verdict(vector.password, hash) == .match(needsRehash: true), "\(vector.hash)")
            #expect(Self.verdict(vector.password + "!", hash) == .mismatch, "\(vector.hash)")
            #expect(Self.scheme.refusal(of: hash.text) == nil, "what is exported can be imported: \(hash.text)")
        }
    }

    @Test("A fast hash is never what is stored", arguments: kinds.filter { $0.hasPrefix("fast-") })
    func wrapped(kind: String) throws {
        for vector in Self.vectors[kind] ?? [] {
            let (first, second) = (try Self.scheme.adopt(vector.hash), try Self.scheme.adopt(vector.hash))
            #expect(
                first?.text.hasPrefix("$fast$") == true && first?.text.contains("$argon2id$v=19$m=48,t=1,p=1$") == true)
            #expect(first != second, "the salt is fresh")
            let digest = try #require(vector.hash.split(whereSeparator: { "$}".contains($0) }).last)
            #expect(first?.text.contains(digest) == false)
        }
    }

    @Test("Only better-auth's are of the compatible form of a password")
    func compatibleForm() throws {
        let better = try #require(Self.vectors["better-auth"]?.first { $0.password.hasPrefix("ﬁ") })
        #expect(Self.verdict("final answer 0", PasswordHash(better.hash)) == .match(needsRehash: true))
        let hash = try #require(Self.argon2id.hash(Array("final answer".utf8)))
        #expect(Self.verdict("ﬁnal answer", PasswordHash(hash, isImported: true)) == .mismatch)
        let django = try #require(Self.vectors["django-scrypt"]?[0])
        #expect(Self.verdict("ｃ" + django.password.dropFirst(), PasswordHash(django.hash)) == .mismatch)
    }

    @Test("A refusal computes as much as for an unknown account, by the password alone")
    func constantWork() throws {
        for (password, count) in [
            ("plain ascii", 1), ("caf\u{E9}", 1), ("cafe\u{301}", 2), ("x²", 2), ("e\u{301} ²", 3),
        ] {
            var counts: Set<Int> = []
            for hash in [
                nil, Self.vectors["better-auth"]?[0].hash, Self.vectors["django-scrypt"]?[1].hash, "$2b$04$no",
            ] {
                let verification = Self.scheme.verify(
                    password, against: hash.map { PasswordHash($0, isImported: true) }, else: Self.argon2id.decoy)
                #expect(verification.verdict == .mismatch)
                counts.insert(verification.computations)
            }
            #expect(counts == [count], "\(password)")
        }
    }

    @Test("What is cut off at 72 bytes matches and is kept, as what is behind may be wrong")
    func cutOff() throws {
        let long = String(repeating: "x", count: 80)
        let cut = "bcrypt$" + (try #require(Self.bcrypt.hash(Array(long.utf8.prefix(72)))))
        #expect(Self.verdict(long, PasswordHash(cut, isImported: true)) == .match(needsRehash: false))
    }

    @Test("An account without a password has none that matches, and is no fault of the store")
    func none() {
        let scheme = PasswordScheme(choice: .argon2id, bcrypt: Self.bcrypt, argon2id: Self.argon2id) {
            Issue.record("an account without a password is not unusable")
        }
        let verification = scheme.verify("whatever", against: PasswordHash.none, else: Self.argon2id.decoy)
        #expect(verification.verdict == .mismatch && verification.computations == 1)
    }

    /// Bounds, by PW-11: what is just within and what is just beyond.
    private static let bounds: [(accepted: String, refused: String)] = [
        ("$2b$15$" + bcryptEnd, "$2b$16$" + bcryptEnd), ("$2a$04$" + bcryptEnd, "$2a$03$" + bcryptEnd),
        ("bcrypt_sha256$$2b$15$" + bcryptEnd, "bcrypt_sha256$$2b$31$" + bcryptEnd),
        (argon2(262_144, 10, 16), argon2(262_145, 10, 16)), (argon2(1024, 10, 1), argon2(1024, 11, 1)),
        (argon2(1024, 1, 16), argon2(1024, 1, 17)),
        ("argon2" + argon2(262_144, 1, 1), "argon2" + argon2(4_194_304, 1, 1)),
        (argon2(262_144, 1, 1, "argon2d"), argon2(262_145, 1, 1, "argon2i")),
        (scrypt(18, 8, 16), scrypt(19, 8, 1)), (scrypt(10, 8, 16), scrypt(10, 8, 17)),
        (scrypt(1, 1, 1), scrypt(0, 1, 1)),
        (scrypt(11, 1024, 1), scrypt(11, 1025, 1)), (scrypt(6, 1024, 16), scrypt(6, 1025, 16)),
        (scrypt(10, 1, 1), scrypt(10, 999_999_999, 1)),
        ("scrypt:262144:8:1$salt$" + hex, "scrypt:524288:8:1$salt$" + hex),
        ("scrypt$1024$salt$8$1$" + base64, "scrypt$1023$salt$8$1$" + base64),
        ("pbkdf2_sha256$5000000$salt$" + base64, "pbkdf2_sha256$5000001$salt$" + base64),
        ("pbkdf2:sha512:5000000$salt$" + hex, "pbkdf2:sha512:5000001$salt$" + hex),
        ("$pbkdf2-sha512$1$c2FsdA$" + base64, "$pbkdf2-sha512$0$c2FsdA$" + base64),
        (
            "$fbscrypt$v=1,n=18,r=8,p=1,ss=Bw==,sk=\(base64)$c2FsdA==$\(base64)",
            "$fbscrypt$v=1,n=19,r=8,p=1,ss=Bw==,sk=\(base64)$c2FsdA==$\(base64)"
        ),
        ("$fast$sha1,before$c2FsdA" + argon2(262_144, 1, 1), "$fast$sha1,before$c2FsdA" + argon2(262_145, 1, 1)),
    ]

    private static let bcryptEnd = "CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
    private static let base64 = String(repeating: "A", count: 43) + "="
    private static let hex = String(repeating: "a5", count: 32)

    private static func argon2(_ memory: Int, _ passes: Int, _ lanes: Int, _ variant: String = "argon2id") -> String {
        "$\(variant)$v=19$m=\(memory),t=\(passes),p=\(lanes)$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
    }

    private static func scrypt(_ logN: Int, _ blockSize: Int, _ parallelism: Int) -> String {
        "$scrypt$ln=\(logN),r=\(blockSize),p=\(parallelism)$c2FsdA$\(base64)"
    }

    @Test("What costs too much is refused before anything is computed, when it is taken over and at a login")
    func outOfBounds() {
        for (accepted, refused) in Self.bounds {
            #expect(Self.scheme.refusal(of: accepted) == nil, "\(accepted)")
            #expect(Self.scheme.refusal(of: refused) != nil, "\(refused)")
            // What was computed is the decoy, and nothing else.
            let verification = Self.scheme.verify(
                "whatever", against: PasswordHash(refused, isImported: true), else: Self.argon2id.decoy)
            #expect(verification.verdict == .mismatch && verification.form == PasswordForm(of: Self.argon2id.decoy))
        }
    }

    @Test(
        "What is no hash is refused",
        arguments: [
            "", "plain", "$", "$$", "$$$$$$", "!", "!unusable", "$1$salt$qJH7.N4xYta3aEG/dfqo/0", "$y$j9T$abc$def",
            "$2x$05$" + bcryptEnd, "$2b$05$CCCC", "bcrypt$", "bcrypt_sha256$sha1$x$y", "argon2$pbkdf2_sha256$1$s$h",
            "argon2$argon2id$v=18$m=64,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "pbkdf2_sha256$1000$salt$short", "pbkdf2_sha256$-1$salt$" + base64, "pbkdf2_sha256$1e3$salt$" + base64,
            "pbkdf2:md5:1000$salt$" + hex, "pbkdf2:sha256:1000$salt$" + hex + "0", "pbkdf2_sha256$1000$$" + base64,
            "scrypt:16:8$salt$" + hex, "$scrypt$ln=4,r=8$c2FsdA$" + base64, "$scrypt$r=8,ln=4,p=1$c2FsdA$" + base64,
            "$fbscrypt$v=2,n=14,r=8,p=1,ss=Bw==,sk=\(base64)$c2FsdA==$\(base64)",
            "$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=Bw==$c2FsdA==$\(base64)",
            "0123456789abcdef0123456789abcdef:" + hex, "0123456789abcdef0123456789abcdeg:" + hex + hex,
            "md5$salt$" + hex, "sha1$salt$nothex", "{SSHA}", "{SSHA}AAAA", "{CRYPT}AAAA", "{CLEARTEXT}password",
            "$fast$sha1,before$c2FsdA$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "$fast$sha1,between$c2FsdA$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "sha256$" + String(repeating: "s", count: 257) + "$" + hex, String(repeating: "$2b$", count: 10_000),
        ])
    func malformed(text: String) throws {
        let refusal = try #require(Self.scheme.refusal(of: text))
        #expect(text.utf8.count < 8 || !refusal.reason.contains(text), "what is said of a hash never repeats it")
        #expect(Self.verdict("plain", PasswordHash(text, isImported: true)) == .mismatch)
    }

    @Test("What costs the same is the same form, whoever made it, and has a decoy")
    func forms() throws {
        func form(_ hash: String) -> String? { PasswordForm(of: hash)?.text }
        #expect(form("pbkdf2_sha256$600000$salt$" + Self.base64) == "$pbkdf2-sha256$600000$")
        #expect(form("pbkdf2:sha256:600000$salt$" + Self.hex) == "$pbkdf2-sha256$600000$")
        #expect(form("$pbkdf2-sha256$27500$c2FsdA$" + String(repeating: "A", count: 86)) == "$pbkdf2-sha256$55000$")
        #expect(form("scrypt:16384:8:1$salt$" + Self.hex) == "$scrypt$ln=14,r=8,p=1$")
        #expect(form("0123456789abcdef0123456789abcdef:" + Self.hex + Self.hex) == "$scrypt$ln=14,r=16,p=1$")
        #expect(form("bcrypt_sha256$$2b$12$" + Self.bcryptEnd) == "$2b$12$")
        #expect(form("$fast$md5,after$" + Self.argon2(64, 1, 1)) == "$argon2id$v=19$m=64,t=1,p=1$")
        for (accepted, _) in Self.bounds {
            let form = try #require(PasswordForm(of: accepted))
            let decoy = try #require(Self.scheme.decoys(and: form).dropFirst().first, "\(form.text)")
            #expect(PasswordForm(of: decoy) == form)
        }
    }

    @Test("The pool wraps what is fast and takes the rest as it is")
    func adoption() async throws {
        let pool = HashingPool(Bcrypt(cost: 4), long: Self.argon2id, threads: 1)
        let django = try #require(Self.vectors["django-pbkdf2"]?[1])
        let hash = try await pool.adopt(Secret(django.hash), for: "app")
        #expect(hash == PasswordHash(django.hash, isImported: true))
        let weak = try #require(Self.vectors["fast-ldap-sha1"]?[1])
        let wrapped = try await pool.adopt(Secret(weak.hash), for: "app")
        #expect(wrapped.text.hasPrefix("$fast$sha1,after$"))
        #expect(try await pool.verify(Secret(weak.password), against: wrapped, for: "app") == .match(needsRehash: true))
        await #expect(throws: AuthError.self) { _ = try await pool.adopt(Secret("plain text"), for: "app") }
        #expect(pool.refusal(of: Secret("plain text")) != nil && pool.refusal(of: Secret(weak.hash)) == nil)
    }
}
