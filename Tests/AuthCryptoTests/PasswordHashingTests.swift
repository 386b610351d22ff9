import MVPAuth
import Synchronization
import Testing

@testable import AuthCrypto

@Suite("Hashing passwords")
struct PasswordHashingTests {
    private let bcrypt = Bcrypt(cost: 4)
    private let argon2id = Argon2id(memoryKiB: 8, iterations: 1)

    private func scheme(
        _ choice: PasswordScheme.Choice = .bcrypt, onUnusable: @escaping @Sendable () -> Void = {}
    ) -> PasswordScheme {
        PasswordScheme(choice: choice, bcrypt: bcrypt, argon2id: argon2id, onUnusableHash: onUnusable)
    }

    @Test(
        "bcrypt vectors of crypt_blowfish",
        arguments: [
            ("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", Array("U*U".utf8)),
            ("$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", Array("U*U*".utf8)),
            ("$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a", Array("U*U*U".utf8)),
            ("$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy", []),
            ("$2y$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq", [0xA3]),
        ])
    func bcryptVectors(hash: String, password: [UInt8]) {
        #expect(bcrypt.canVerify(hash) && bcrypt.matches(password, hash))
        #expect(!bcrypt.matches(password + [0x21], hash))
    }

    @Test(
        "argon2id vectors of the reference implementation",
        arguments: [
            ("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", "password"),
            ("$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc", "password"),
            ("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "password"),
        ])
    func argon2Vectors(hash: String, password: String) {
        #expect(argon2id.canVerify(hash) && argon2id.matches(Array(password.utf8), hash))
        #expect(!argon2id.matches(Array("Password".utf8), hash))
    }

    @Test("every byte counts, also past bcrypt's 72", arguments: [1, 71, 72, 73, 128, 512])
    func everyByte(length: Int) throws {
        for choice in [PasswordScheme.Choice.bcrypt, .argon2id] {
            let scheme = scheme(choice)
            let password = String(repeating: "x", count: length)
            let hash = try #require(scheme.hash(password))
            #expect(scheme.verify(password, against: hash) == .match(needsRehash: false))
            #expect(scheme.verify(password + "y", against: hash) == .mismatch)
            #expect(scheme.verify(String(password.dropLast()) + "y", against: hash) == .mismatch)
            if length > 1 { #expect(scheme.verify(String(password.dropLast()), against: hash) == .mismatch) }
        }
        let emoji = String(repeating: "😀", count: 128)
        #expect(scheme().verify(emoji, against: scheme().hash(emoji)) == .match(needsRehash: false))
    }

    @Test("only imported hashes match by their first 72 bytes, and such a match is never rehashed")
    func imported() throws {
        let long = String(repeating: "x", count: 80)
        let cut = try #require(bcrypt.hash(Array(long.utf8.prefix(72))))
        #expect(scheme().verify(long, against: PasswordHash(cut)) == .mismatch)
        #expect(scheme().verify(long, against: PasswordHash(cut, isImported: true)) == .match(needsRehash: false))
        let wrongTail = String(repeating: "x", count: 72) + "wrong"
        #expect(scheme().verify(wrongTail, against: PasswordHash(cut, isImported: true)) == .match(needsRehash: false))
        let short = try #require(Bcrypt(cost: 5).hash(Array("short enough".utf8)))
        #expect(
            scheme().verify("short enough", against: PasswordHash(short, isImported: true)) == .match(needsRehash: true)
        )
    }

    @Test("another algorithm or another cost wants a new hash")
    func rehash() throws {
        let other = PasswordHash(try #require(Bcrypt(cost: 5).hash(Array("a password".utf8))))
        #expect(scheme().verify("a password", against: other) == .match(needsRehash: true))
        let argon = PasswordHash(try #require(argon2id.hash(Array("a password".utf8))))
        #expect(scheme().verify("a password", against: argon) == .match(needsRehash: true))
        #expect(scheme(.argon2id).verify("a password", against: argon) == .match(needsRehash: false))
        let costly = PasswordHash(try #require(Argon2id(memoryKiB: 16, iterations: 1).hash(Array("a password".utf8))))
        #expect(scheme(.argon2id).verify("a password", against: costly) == .match(needsRehash: true))
    }

    @Test("spellings of one text are one password; lookalikes and U+0000 are not")
    func normalization() throws {
        let hash = try #require(scheme().hash("caf\u{E9} au lait"))
        #expect(scheme().verify("cafe\u{301} au lait", against: hash) == .match(needsRehash: false))
        let ligature = try #require(scheme().hash("\u{FB01}nal answer"))
        #expect(scheme().verify("final answer", against: ligature) == .mismatch)
        #expect(scheme().hash("abcdefgh\u{0}x") == nil)
        let plain = try #require(scheme().hash("abcdefgh"))
        #expect(scheme().verify("abcdefgh\u{0}x", against: plain) == .mismatch)
        let raw = PasswordHash(try #require(bcrypt.hash(Array("cafe\u{301} au lait".utf8))), isImported: true)
        #expect(scheme().verify("cafe\u{301} au lait", against: raw) == .match(needsRehash: false))
    }

    @Test(
        "a stored hash that cannot be used is a mismatch and a note",
        arguments: [
            "$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            "$2b$05$CCCC", "*0", "*", "aaOeJ3NpnFXTg", "$1$salt$qJH7.N4xYta3aEG/dfqo/0", "$y$j9T$abc$def",
            "$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "$argon2id$v=19$m=256,t=4294967295,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "$argon2id$v=19$m=256,t=2,p=0$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "plain",
        ])
    func hostile(hash: String) {
        let notes = Notes()
        #expect(scheme { notes.add() }.verify("whatever", against: PasswordHash(hash)) == .mismatch)
        #expect(notes.count == 1)
    }

    @Test("nobody's hash is a mismatch")
    func nobody() {
        #expect(scheme().verify("whatever", against: nil) == .mismatch)
        #expect(scheme(.argon2id).verify("whatever", against: nil) == .mismatch)
    }

    @Test("the bytes of a password are overwritten where they lie")
    func forgotten() {
        var spellings = Spellings("cafe\u{301} ²")
        let addresses = spellings.all.map { $0.bytes.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } }
        #expect(spellings.all.count == 3)
        spellings.forget()
        for (spelling, address) in zip(spellings.all, addresses) {
            #expect(spelling.bytes.allSatisfy { $0 == 0 } && !spelling.bytes.isEmpty)
            let now = spelling.bytes.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
            #expect(now == address, "and no copy of them")
        }
    }
}

private final class Notes: Sendable {
    private let state = Mutex(0)
    var count: Int { state.withLock { $0 } }
    func add() { state.withLock { $0 += 1 } }
}

extension PasswordScheme {
    fileprivate func verify(_ password: String, against stored: PasswordHash?) -> PasswordVerdict {
        verify(password, against: stored, else: bcrypt.decoy).verdict
    }
}
