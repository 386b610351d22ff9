import MVPAuth
import Testing

@testable import AuthCrypto

@Suite("Signatures of the standards")
struct KnownAnswerTests {
    /// The payload of RFC 7515 appendix A.
    private static let payload =
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"

    private func key(_ pem: String, _ algorithm: SigningAlgorithm) throws -> SigningKey {
        try SigningKey(pem: Array(pem.utf8), algorithm: algorithm)
    }

    private func verifies(_ key: SigningKey, _ input: String, _ signature: String) -> Bool {
        Array(signature.utf8).withUnsafeBytes { signature in
            Array(input.utf8).withUnsafeBytes { key.verify(signature, of: $0) }
        }
    }

    private func sign(_ key: SigningKey, _ input: String) -> String? {
        Array(input.utf8).withUnsafeBytes { key.sign($0) }.map { Base64.encode($0, Base64.url) }
    }

    /// A secret of a standard, and what it signs; the name of a case is not the secret.
    struct SecretVector: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let secret: String
        let input: String
        let signature: String
    }

    private static let secretVectors = [
        SecretVector(
            testDescription: "RFC 7515 A.1",
            secret: "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
            input: "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." + payload,
            signature: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
        SecretVector(
            testDescription: "RFC 7520 4.4", secret: "hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg",
            input:
                "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9.SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4",
            signature: "s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0"),
    ]

    @Test("HS256 as in the standards", arguments: secretVectors)
    func hmac(vector: SecretVector) throws {
        let bytes = try #require(Base64.decode(vector.secret.utf8, Base64.url))
        let key = HMACKey(bytes, digestBits: 256)
        var output = [UInt8](repeating: 0, count: 32)
        Array(vector.input.utf8).withUnsafeBytes { message in
            output.withUnsafeMutableBytes { key.sign(message, into: $0) }
        }
        #expect(Base64.encode(output, Base64.url) == vector.signature)
    }

    @Test("RS256 as in RFC 7515 A.2, the same bytes")
    func rsa() throws {
        let key = try key(TestKeys.rsa, .rs256)
        let input = "eyJhbGciOiJSUzI1NiJ9." + Self.payload
        let signature =
            "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
        #expect(sign(key, input) == signature)
        #expect(verifies(key, input, signature))
    }

    @Test("ES256 as in RFC 7515 A.3")
    func ecdsa() throws {
        let key = try key(TestKeys.p256, .es256)
        let input = "eyJhbGciOiJFUzI1NiJ9." + Self.payload
        let signature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
        #expect(verifies(key, input, signature))
        #expect(!verifies(key, input + "x", signature))
    }

    @Test("EdDSA as in RFC 8037 A.4, the same bytes")
    func ed25519() throws {
        let key = try key(TestKeys.ed25519, .eddsa)
        let input = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
        let signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
        #expect(sign(key, input) == signature)
        #expect(verifies(key, input, signature))
    }

    @Test(
        "Every algorithm verifies what it signed, and nothing that differs by a bit",
        arguments: SigningAlgorithm.allCases)
    func roundTrip(algorithm: SigningAlgorithm) throws {
        let key =
            switch algorithm {
            case .hs256, .hs384, .hs512:
                try SigningKey(secret: String(repeating: "0123456789abcdef", count: 4), algorithm: algorithm)
            case .rs256, .rs384, .rs512, .ps256: try self.key(TestKeys.rsa, algorithm)
            case .es256: try self.key(TestKeys.p256, algorithm)
            case .es384: try self.key(TestKeys.p384, algorithm)
            case .eddsa: try self.key(TestKeys.ed25519, algorithm)
            }
        let signature = try #require(sign(key, "message"))
        #expect(verifies(key, "message", signature))
        #expect(!verifies(key, "messagf", signature))
        var bytes = try #require(Base64.decode(signature.utf8, Base64.url))
        for place in [0, bytes.count / 2, bytes.count - 1] {
            bytes[place] ^= 1
            #expect(!verifies(key, "message", Base64.encode(bytes, Base64.url)), "byte \(place)")
            bytes[place] ^= 1
        }
        for wrong in [bytes.dropLast(), bytes + [0], [], [UInt8](repeating: 0, count: bytes.count)] {
            #expect(!verifies(key, "message", Base64.encode(wrong, Base64.url)))
        }
        for wrong in ["", "=", signature + "=", signature + signature + signature, signature.dropLast() + "!"] {
            #expect(!verifies(key, "message", wrong))
        }
        #expect(try KeyRing(key).signsQuickly != [.rs256, .rs384, .rs512, .ps256].contains(algorithm))
    }

    @Test("Keys for other purposes are derived as in RFC 5869 A.3")
    func derivation() throws {
        let key = HMACKey(extractedFrom: [UInt8](repeating: 0x0B, count: 22))
        let digits = key.expanded(for: "").map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        #expect(digits.joined() == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d")
        #expect(key.expanded(for: "mvp-auth/one") != key.expanded(for: "mvp-auth/two"))
    }

    @Test("Every kind of signing key derives keys: the same again, another key others")
    func derivationOfKeys() throws {
        let keys = [(TestKeys.rsa, SigningAlgorithm.rs256), (TestKeys.p256, .es256), (TestKeys.ed25519, .eddsa)]
        let codes = try keys.map { pem, algorithm in
            let code = try key(pem, algorithm).derivation.expanded(for: "mvp-auth/test")
            #expect(try key(pem + "\n", algorithm).derivation.expanded(for: "mvp-auth/test") == code)
            return code
        }
        let secret = try SigningKey(secret: "0123456789abcdef0123456789abcdef")
        #expect(Set(codes + [secret.derivation.expanded(for: "mvp-auth/test")]).count == 4)
    }

    @Test("A secret that is shorter than its digest, repeats itself or is out of a manual is warned of")
    func warnings() throws {
        func warning(_ secret: String, _ algorithm: SigningAlgorithm = .hs256) throws -> String? {
            try SigningKey(secret: secret, algorithm: algorithm).warning
        }
        let good = "0123456789abcdef0123456789abcdef"
        #expect(try warning(good) == nil)
        #expect(try warning(String(good.dropLast()))?.contains("31 bytes") == true)
        #expect(try warning(String(repeating: "abcd", count: 8)) == nil)
        #expect(try warning(String(repeating: "abca", count: 8))?.contains("repeats") == true)
        for word in ["change-me", "changeme", "CHANGE_ME", "your-secret", "your_secret", "Secret-Key", "example"] {
            #expect(try warning(good + word)?.contains("placeholder") == true)
            #expect(throws: KeyError.self) { try SigningKey(secret: good + word, isStrict: true) }
        }
        #expect(try SigningKey(secret: good, isStrict: true).warning == nil)
        // What is not HS256, nobody has from before: it is as long as its digest.
        #expect(throws: KeyError.self) { try warning(String(repeating: "a", count: 63), .hs512) }
        #expect(try warning(String(repeating: "a", count: 64), .hs512) != nil)
    }

    @Test("A key that does not fit its algorithm is refused in one sentence")
    func wrongKeys() {
        for (pem, algorithm) in [
            (TestKeys.p384, SigningAlgorithm.es256), (TestKeys.p256, .es384), (TestKeys.rsa, .eddsa),
            (TestKeys.ed25519, .rs256), (TestKeys.rsa1024, .rs256), ("nonsense", .rs256), ("", .es256),
            (TestKeys.rsa, .hs256),
        ] {
            #expect(throws: KeyError.self) { try key(pem, algorithm) }
        }
        for algorithm in [SigningAlgorithm.rs256, .es256, .eddsa] {
            #expect(throws: KeyError.self) {
                try SigningKey(secret: "0123456789abcdef0123456789abcdef", algorithm: algorithm)
            }
        }
        #expect(throws: KeyError.self) { try SigningKey(secret: "", algorithm: .hs256) }
        #expect(throws: KeyError.self) { try SigningKey(secret: " \n\t", algorithm: .hs256) }
        #expect(throws: KeyError.self) { try SigningKey(secret: TestKeys.rsa, algorithm: .hs256) }
        #expect(throws: KeyError.self) { try SigningKey(secret: String(repeating: "ab1c", count: 7), isStrict: true) }
        #expect((try? SigningKey(secret: "short"))?.warning != nil)
        #expect(throws: KeyError.self) { try SigningKey(secret: "short", algorithm: .hs512) }
    }
}
