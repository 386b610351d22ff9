import MVPAuth
import Testing

@testable import AuthCrypto

@Suite("What a refusal costs")
struct UsualTimeTests {
    private static let scheme = PasswordScheme(
        choice: .bcrypt, bcrypt: Bcrypt(cost: 5), argon2id: Argon2id(memoryKiB: 64, iterations: 1),
        onUnusableHash: {})
    private static let decoy = scheme.decoys(and: nil)[0]

    private static let stored: [(String, PasswordHash?)] = [
        ("no account", nil),
        ("the configured cost", Bcrypt(cost: 5).hash(Array("another".utf8)).map { PasswordHash($0) }),
        ("an imported cost", Bcrypt(cost: 4).hash(Array("another".utf8)).map { PasswordHash($0, isImported: true) }),
        (
            "argon2id",
            Argon2id(memoryKiB: 32, iterations: 1).hash(Array("another".utf8)).map { PasswordHash($0) }
        ),
        ("a malformed hash", PasswordHash("malformed")),
    ]

    @Test("is two computations for a password that NFC changes, and else one, whoever has it", arguments: stored)
    func computations(_ name: String, _ stored: PasswordHash?) {
        for (password, count) in [("wrong password", 1), ("wrong pa\u{301}ssword", 2)] {
            let verification = Self.scheme.verify(password, against: stored, else: Self.decoy)
            #expect(verification.verdict == .mismatch && verification.computations == count)
            #expect(verification.form != nil)
        }
    }

    @Test("is that of the dearest usual hash where there is no account: the most frequent one, or the configured")
    func decoys() throws {
        let usual = UsualTime(decoy: Self.decoy)
        usual.calibrate(Self.scheme.decoys(and: nil), Self.scheme)
        #expect(PasswordForm(of: usual.decoy)?.text == "$2b$05$")
        let dear = try #require(PasswordForm(of: "$2y$10$abc"))
        usual.calibrate(Self.scheme.decoys(and: dear), Self.scheme)
        #expect(PasswordForm(of: usual.decoy)?.text == "$2b$10$")
        let cheap = try #require(PasswordForm(of: "$2a$04$abc"))
        usual.calibrate(Self.scheme.decoys(and: cheap), Self.scheme)
        #expect(PasswordForm(of: usual.decoy)?.text == "$2b$05$")
        #expect(Self.scheme.decoys(and: PasswordForm(of: "$argon2id$v=19$m=1048576,t=4,p=1$")).count == 2)
    }

    @Test("is never less than what is usual, and for a cheaper hash drawn from it")
    func durations() throws {
        let usual = UsualTime(decoy: Self.decoy)
        func verification(_ form: String, _ count: Int = 1) -> PasswordScheme.Verification {
            .init(verdict: .mismatch, form: PasswordForm(of: form), computations: count)
        }
        #expect(usual.duration(of: verification("$2b$04$")) == 0, "nothing is known yet")
        for nanoseconds in 1...100 {
            usual.note(verification("$2b$05$"), took: UInt64(nanoseconds))
            usual.note(verification("$2b$04$"), took: 1_000_000)
        }
        // The latest 64 are 37...100.
        #expect(usual.duration(of: verification("$2b$05$")) == 94)
        #expect(usual.duration(of: verification("$2b$05$", 2)) == 188)
        let drawn = (0..<2000).map { _ in usual.duration(of: verification("$2b$04$")) }
        #expect(drawn.allSatisfy { (94...100).contains($0) } && drawn.contains { $0 > 94 })
        #expect(usual.duration(of: .init(verdict: .mismatch, form: nil, computations: 0)) == 0)
    }

    @Test("in time: a cheap hash is refused no sooner than an unknown account")
    func floor() async throws {
        let pool = HashingPool(Bcrypt(cost: 9), long: Argon2id(memoryKiB: 64, iterations: 1), threads: 1)
        let cheap = try #require(Bcrypt(cost: 4).hash(Array("another".utf8)))
        let hash = PasswordHash(cheap, isImported: true)
        // The lowest of several: a slow machine only makes it longer.
        func least(_ stored: PasswordHash?) async throws -> Duration {
            var least = Duration.seconds(60)
            for _ in 0..<5 {
                let start = ContinuousClock.now
                _ = try await pool.verify(Secret("wrong password"), against: stored, for: "app")
                least = min(least, ContinuousClock.now - start)
            }
            return least
        }
        let unknown = try await least(nil)
        #expect(try await least(hash) > unknown / 2)
        let start = ContinuousClock.now
        let verdict = try await pool.verify(Secret("another"), against: hash, for: "app")
        #expect(verdict == .match(needsRehash: true))
        #expect(ContinuousClock.now - start < .seconds(10), "who knows the password does not wait")
    }

    @Test(
        "A hash that takes more memory than four times what is configured, or 256 MiB, is not computed",
        arguments: [
            (19_456, 262_144, true), (19_456, 262_145, false), (19_456, 1_048_576, false), (100_000, 400_000, true),
            (100_000, 400_001, false),
        ])
    func memory(configured: Int, stored: Int, isAcceptable: Bool) {
        let hash =
            "$argon2id$v=19$m=\(stored),t=2,p=1$WlpaWlpaWlpaWlpaWlpaWg$paWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaU"
        #expect(Argon2id(memoryKiB: configured).canVerify(hash) == isAcceptable)
    }
}
