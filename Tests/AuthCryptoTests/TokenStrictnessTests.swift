import MVPAuth
import Testing

@testable import AuthCrypto

/// Tokens signed with the real key, so that only the reader can refuse them.
@Suite("Reading tokens")
struct TokenStrictnessTests {
    private let ring: KeyRing
    private let key: SigningKey
    private let claims = Claims(
        kind: .access, subject: UserID("5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10")!, tokenID: "0123456789abcdef",
        issuedAt: 1_700_000_000,
        expiresAt: 1_700_000_900, sessionID: SessionID("c2a1e0f4-6d5b-4b8a-8f3c-1e2d3c4b5a69")!)
    private static let good =
        #""sub":"5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10","jti":"0123456789abcdef","type":"access","iat":1700000000"#

    init() throws {
        key = try SigningKey(secret: "0123456789abcdef0123456789abcdef")
        ring = try KeyRing(key)
    }

    private func sign(_ payload: String, header: String = #"{"alg":"HS256","typ":"JWT"}"#) -> String {
        sign(payload: Array(payload.utf8), header: header)
    }

    private func sign(payload: [UInt8], header: String = #"{"alg":"HS256","typ":"JWT"}"#) -> String {
        let input = Base64.encode(Array(header.utf8), Base64.url) + "." + Base64.encode(payload, Base64.url)
        let signature = Array(input.utf8).withUnsafeBytes { key.sign($0) } ?? []
        return input + "." + Base64.encode(signature, Base64.url)
    }

    private func isRefused(_ token: String) -> Bool {
        do throws(AuthError) {
            _ = try ring.verify(token)
            return false
        } catch {
            return error.code == .tokenInvalid
        }
    }

    @Test("reads what it wrote")
    func roundTrip() throws {
        #expect(try ring.verify(ring.sign(claims).reveal()) == claims)
        #expect(try ring.verify(sign("{\(Self.good),\"exp\":1700000900}")).tokenID == "0123456789abcdef")
    }

    @Test("a token that comes again says the same, and gives its signature to no other")
    func again() throws {
        let tokens = try (0..<3000).map { number in
            var own = claims
            own.tokenID = "token-\(number)"
            return (text: try ring.sign(own).reveal(), id: own.tokenID)
        }
        for _ in 0..<2 {
            for (token, id) in tokens { #expect(try ring.verify(token).tokenID == id) }
        }
        let last = tokens[2999].text.split(separator: ".")
        #expect(try ring.verify(tokens[2999].text).tokenID == "token-2999")
        for (token, _) in tokens.suffix(100).dropLast() {
            let parts = token.split(separator: ".")
            #expect(isRefused("\(parts[0]).\(parts[1]).\(last[2])"))
            #expect(isRefused("\(last[0]).\(last[1]).\(parts[2])"))
        }
    }

    @Test(
        "takes no other algorithm's word",
        arguments: [
            #"{"alg":"none"}"#, #"{"alg":"None"}"#, #"{"alg":""}"#, #"{"alg":null}"#, #"{"typ":"JWT"}"#,
            #"{"alg":["HS256"]}"#,
            #"{"alg":256}"#, #"{"alg":"HS512"}"#, #"{"alg":"hs256"}"#, #"{"alg":"HS256","alg":"none"}"#,
            #"{"alg":"HS256","crit":["exp"]}"#, #"{"alg":"HS256","crit":[]}"#, #"{"alg":"HS256","b64":false}"#,
            #"{"alg":"HS256","zip":"DEF"}"#, #"{"alg":"HS256","typ":"at+jwt"}"#, #"{"alg":"HS256","kid":"unknown"}"#,
            #"{"alg":"HS256","kid":""}"#, #"{"alg":"HS256","kid":1}"#, #"{"alg":"HS256","kid":null}"#,
            #"{"alg":"HS256","kid":[]}"#,
            #"{"alg":"HS256","kid":"../../dev/null"}"#, "[]", "1", "", "{", "\u{FEFF}{\"alg\":\"HS256\"}",
            #"{"alg":"HS256",}"#,
        ])
    func headers(header: String) {
        #expect(isRefused(sign("{\(Self.good),\"exp\":1700000900}", header: header)))
    }

    @Test("ignores keys that a token brings along")
    func embeddedKeys() {
        for name in ["jwk", "jku", "x5u", "x5c", "x5t"] {
            let header = "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"\(name)\":\"https://attacker.example/\"}"
            #expect(!isRefused(sign("{\(Self.good),\"exp\":1700000900}", header: header)), "signed by us all the same")
        }
    }

    @Test(
        "refuses claims that two readers could read in two ways",
        arguments: [
            #"{"exp":1700000900,"exp":9999999999,"#, #"{"exp":1700000900,"\u0065xp":9999999999,"#,
            #"{"exp":"1700000900","#,
            #"{"exp":true,"#, #"{"exp":null,"#, #"{"exp":1700000900.5,"#, #"{"exp":1e400,"#, #"{"exp":1e300,"#,
            #"{"exp":9007199254740993,"#, #"{"exp":9223372036854775808,"#, #"{"exp":18446744073709551616,"#,
            #"{"exp":-1,"#,
            #"{"exp":-9223372036854775808,"#, "{", #"{"exp":1700000900,"type":"refresh","#,
            #"{"exp":1700000900,"nbf":"x","#,
            #"{"exp":1700000900,"gen":1.5,"#, #"{"exp":1700000900,"session_id":"not-one","#,
            #"{"exp":1700000900,"aud":["x"],"#,
            #"{"exp":1700000900,"x":"\ud800","#, #"{"exp":1700000900,"x":"\u0000","#,
            #"{"exp":1700000900,"x":[[[[[[[[[[1]]]]]]]]]],"#,
        ])
    func claims(start: String) {
        #expect(isRefused(sign(start + Self.good + "}")))
    }

    @Test("takes whole numbers in any spelling")
    func numbers() throws {
        for number in ["1700000900", "17000009e2", "1700000900.0", "1.7000009e9"] {
            #expect(try ring.verify(sign("{\(Self.good),\"exp\":\(number)}")).expiresAt == 1_700_000_900)
        }
    }

    @Test(
        "refuses what is no object of claims",
        arguments: [
            "[]", "\"x\"", "1", "null", "", "{}", "{}{}", #"{"sub":"x"}"#, "\u{FEFF}{}",
            #"{"sub":"5F0C9D1E-3B7A-4C52-9E1D-8A4B6C2D7F10","jti":"a","type":"access","iat":1,"exp":2}"#,
            #"{"sub":"5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10","jti":"","type":"access","iat":1,"exp":2}"#,
            #"{"sub":"5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10","jti":"a b","type":"access","iat":1,"exp":2}"#,
            #"{"sub":"5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10","jti":"a","type":"Access","iat":1,"exp":2}"#,
            #"{"sub":"5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10","jti":"a","iat":1,"exp":2}"#,
        ])
    func payloads(payload: String) {
        #expect(isRefused(sign(payload)))
        #expect(isRefused(sign(payload: [0xFF, 0xFE] + Array(payload.utf8))))
    }

    @Test("takes an identifier of 1 to 64 printable characters of ASCII, and no number for one")
    func identifiers() {
        func isRefused(_ jti: String) -> Bool {
            let start = #"{"sub":"5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10","type":"access","iat":1,"exp":2,"jti":"#
            return self.isRefused(sign(start + jti + "}"))
        }
        for jti in ["!", "~", "!~", String(repeating: "a", count: 64)] { #expect(!isRefused("\"\(jti)\""), "\(jti)") }
        for jti in ["", " ", "\u{7F}", "é", "a b", String(repeating: "a", count: 65)] {
            #expect(isRefused("\"\(jti)\""), "\(jti)")
        }
        for jti in ["1", "12345678", "true", "[]"] { #expect(isRefused(jti), "\(jti)") }
    }

    @Test("takes times from 1970 to 2 to the power of 53 seconds after it")
    func times() throws {
        for (exp, accepted) in [("0", true), ("-1", false), ("9007199254740992", true), ("9007199254740993", false)] {
            #expect(isRefused(sign("{\(Self.good),\"exp\":\(exp)}")) != accepted, "\(exp)")
        }
    }

    @Test("reads 8192 bytes, and does not look at one more")
    func longest() throws {
        for (count, accepted) in [(8191, true), (8192, true), (8193, false)] {
            // The payload is as long as makes the token that long; three of four lengths of base64 there are.
            let tokens = (0..<3).lazy.flatMap { spaces in
                (5950..<5990).lazy.map { letters in
                    self.sign(
                        "{\(Self.good),\"exp\":1700000900,\"x\":\"\(String(repeating: "x", count: letters))\"}",
                        header: #"{"alg":"HS256"}"# + String(repeating: " ", count: spaces))
                }
            }
            let token = try #require(tokens.first { $0.utf8.count == count })
            #expect(isRefused(token) != accepted, "\(count)")
        }
    }

    @Test("accepts one spelling of each segment")
    func spelling() throws {
        let token = try ring.sign(claims).reveal()
        let parts = token.split(separator: ".").map(String.init)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        for segment in 0..<3 {
            var accepted = 0
            for last in alphabet {
                var changed = parts
                changed[segment] = String(changed[segment].dropLast()) + String(last)
                if !isRefused(changed.joined(separator: ".")) { accepted += 1 }
            }
            #expect(accepted == 1, "segment \(segment)")
        }
        for wrong in [
            token + "=", token + ".", token + " ", " " + token, token + "\n", "Bearer " + token, token + ".x",
            parts[0] + "." + parts[1],
            parts[0] + "." + parts[1] + ".", token.replacingOccurrences("-", "+"), "." + token, "..", "",
            String(repeating: ".", count: 60_000),
            token + String(repeating: "A", count: 8200),
        ] where wrong != token {
            #expect(isRefused(wrong))
        }
    }

    @Test("a public key is no secret", arguments: [SigningAlgorithm.rs256, .es256, .eddsa])
    func confusion(algorithm: SigningAlgorithm) throws {
        let pem = algorithm == .rs256 ? TestKeys.rsa : algorithm == .es256 ? TestKeys.p256 : TestKeys.ed25519
        let ring = try KeyRing(try SigningKey(pem: Array(pem.utf8), algorithm: algorithm))
        #expect(throws: AuthError(.tokenInvalid)) { try ring.verify(sign("{\(Self.good),\"exp\":1700000900}")) }
        #expect(throws: AuthError(.tokenInvalid)) { try self.ring.verify(try ring.sign(claims).reveal()) }
        #expect(throws: KeyError.self) {
            try KeyRing(key, verifying: [SigningKey(pem: Array(pem.utf8), algorithm: algorithm, id: "other")])
        }
    }

    @Test("a ring tries the one key that is named, compared as bytes")
    func rotation() throws {
        let old = try SigningKey(secret: "an old secret of at least 32 bytes", id: "caf\u{E9}")
        let new = try SigningKey(secret: "a new secret of at least 32 bytes!", id: "2026")
        let both = try KeyRing(new, verifying: [old])
        #expect(try both.verify(try KeyRing(old).sign(claims).reveal()) == claims)
        #expect(try both.verify(try KeyRing(new).sign(claims).reveal()) == claims)
        let lookalike = try SigningKey(secret: "an old secret of at least 32 bytes", id: "cafe\u{301}")
        #expect(throws: AuthError(.tokenInvalid)) { try both.verify(try KeyRing(lookalike).sign(claims).reveal()) }
        let nameless = try SigningKey(secret: "an old secret of at least 32 bytes")
        #expect(throws: AuthError(.tokenInvalid)) { try both.verify(try KeyRing(nameless).sign(claims).reveal()) }
        #expect(throws: KeyError.self) { try KeyRing(new, verifying: [new]) }
        #expect(throws: KeyError.self) { try KeyRing(nameless, verifying: [nameless]) }
        #expect(try KeyRing(new, verifying: [nameless]).verify(try KeyRing(new).sign(claims).reveal()) == claims)
    }

    @Test("a second form of an ECDSA signature is the same token")
    func highS() throws {
        let key = try SigningKey(pem: Array(TestKeys.p256.utf8), algorithm: .es256)
        let ring = try KeyRing(key)
        let token = try ring.sign(claims).reveal()
        #expect(try ring.verify(token).tokenID == claims.tokenID)
        let parts = token.split(separator: ".").map(String.init)
        let signature = try #require(Base64.decode(parts[2].utf8, Base64.url))
        let order: [UInt8] = [
            0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBC, 0xE6, 0xFA, 0xAD,
            0xA7, 0x17,
            0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
        ]
        var second = Array(signature[..<32])
        var borrow = 0
        var flipped = [UInt8](repeating: 0, count: 32)
        for index in (0..<32).reversed() {
            let difference = Int(order[index]) - Int(signature[32 + index]) - borrow
            flipped[index] = UInt8(truncatingIfNeeded: difference)
            borrow = difference < 0 ? 1 : 0
        }
        second += flipped
        let other = parts[0] + "." + parts[1] + "." + Base64.encode(second, Base64.url)
        #expect(try ring.verify(other).tokenID == claims.tokenID, "blocked by jti, both are blocked")
        for (r, s) in [(order, flipped), (flipped, order), ([UInt8](repeating: 0, count: 32), flipped)] {
            #expect(throws: AuthError(.tokenInvalid)) {
                try ring.verify(parts[0] + "." + parts[1] + "." + Base64.encode(r + s, Base64.url))
            }
        }
    }
}

extension String {
    fileprivate func replacingOccurrences(_ old: Character, _ new: Character) -> String {
        String(map { $0 == old ? new : $0 })
    }
}
