/// A password hash as other software stores it, taken apart: what has to be computed, and what has to come out.
///
/// Only text is judged here, in microseconds, and nothing is computed. What is out of bounds is refused, so that no hash
/// can be made to stop the service: by whoever takes it over, and again at each login.
package struct ForeignHash: Sendable {
    package enum Function: Sendable {
        /// A hash of crypt(5), `$2b$…`.
        case bcrypt(String)
        /// A hash in PHC format, `$argon2id$…` and its like. Its bounds depend on the configuration: `Argon2id` has them.
        case argon2(String)
        /// RFC 7914. `logN` is the logarithm of the cost.
        case scrypt(logN: Int, blockSize: Int, parallelism: Int)
        /// RFC 8018.
        case pbkdf2(MessageDigest, rounds: Int)
    }

    /// What is done with a password before.
    package enum Preparation: Sendable {
        case none
        /// The digest in hexadecimal: so no byte is behind bcrypt's 72.
        case hexadecimalSHA256
        /// The fast digest that other software kept. Here it is never stored bare: see ``FastHash``.
        case fast(FastHash.Recipe)
    }

    package let function: Function
    package private(set) var preparation = Preparation.none
    package private(set) var salt: [UInt8] = []
    package private(set) var result: [UInt8] = []
    /// Firebase's: the result is this, encrypted by the key that came out.
    package private(set) var signerKey: [UInt8]?
    /// better-auth hashes the compatible form (NFKC) of a password.
    package private(set) var hashesCompatibleForm = false

    package static let bcryptCosts = 4...15
    package static let scryptParallelism = 1...16
    /// N·r: 128 bytes of memory each, 256 MiB together. As much as an argon2 hash of others may take.
    package static let mostScryptBlocks = 1 << 21
    /// r·p, by which there is memory besides: 2 MiB.
    package static let mostScryptLanes = 1 << 14
    package static let pbkdf2Rounds = 1...5_000_000
    /// Longer texts are no hashes.
    package static let longest = 1024

    /// Reads the forms of GoTrue, better-auth, Django, Werkzeug, passlib and of this service.
    package init(_ text: String) throws(HashRefusal) {
        guard text.utf8.count <= Self.longest else { throw .unknown }
        self = try text.utf8.first == UInt8(ascii: "$") ? Self.modular(text) : Self.named(text)
    }

    init(
        _ function: Function, _ preparation: Preparation = .none, salt: [UInt8] = [], result: [UInt8] = [],
        signerKey: [UInt8]? = nil, hashesCompatibleForm: Bool = false
    ) {
        self.function = function
        self.preparation = preparation
        self.salt = salt
        self.result = result
        self.signerKey = signerKey
        self.hashesCompatibleForm = hashesCompatibleForm
    }

    /// `$name$…`, as of crypt(5) and PHC.
    private static func modular(_ text: String) throws(HashRefusal) -> ForeignHash {
        let fields = HashFields(text)
        switch fields[1] {
        case "2a", "2b", "2y": return ForeignHash(.bcrypt(try bcrypt(text)))
        case "argon2id", "argon2i", "argon2d": return ForeignHash(.argon2(text))
        case "scrypt":
            let costs = try fields.numbers(2, names: ["ln", "r", "p"])
            guard fields.count == 5 else { throw .malformed }
            return try scrypt(costs[0], costs[1], costs[2], salt: fields.base64(3), result: fields.base64(4))
        case "fbscrypt": return try firebase(fields)
        case "pbkdf2", "pbkdf2-sha1", "pbkdf2-sha256", "pbkdf2-sha512":
            // passlib's: `pbkdf2` alone is SHA-1.
            let digest = MessageDigest(rawValue: String(fields[1].dropFirst("pbkdf2-".utf8.count))) ?? .sha1
            guard fields.count == 5 else { throw .malformed }
            return try pbkdf2(digest, fields.number(2), salt: fields.base64(3), result: fields.base64(4))
        case FastHash.mark:
            guard fields.count == 9, fields[4] == "argon2id" else { throw .malformed }
            return ForeignHash(.argon2(fields.text(from: 4)), .fast(try FastHash.Recipe(fields[2], fields.base64(3))))
        default: throw .unknown
        }
    }

    /// What begins with the name of an algorithm: Django's and Werkzeug's, and better-auth's, which has no name.
    private static func named(_ text: String) throws(HashRefusal) -> ForeignHash {
        let fields = HashFields(text)
        switch fields[0] {
        case "bcrypt": return ForeignHash(.bcrypt(try bcrypt(fields.rest(1))))
        case "bcrypt_sha256": return ForeignHash(.bcrypt(try bcrypt(fields.rest(1))), .hexadecimalSHA256)
        case "argon2":
            guard ["argon2id", "argon2i", "argon2d"].contains(fields[1]) else { throw .malformed }
            return ForeignHash(.argon2("$" + fields.rest(1)))
        case "pbkdf2_sha1", "pbkdf2_sha256":
            guard fields.count == 4 else { throw .malformed }
            return try pbkdf2(
                fields[0] == "pbkdf2_sha1" ? .sha1 : .sha256, fields.number(1), salt: fields.bytes(2),
                result: fields.base64(3))
        case "scrypt":
            guard fields.count == 6 else { throw .malformed }
            return try scrypt(
                logarithm(of: fields.number(1)), fields.number(3), fields.number(4), salt: fields.bytes(2),
                result: fields.base64(5))
        default: return try fields.count == 3 ? werkzeug(fields) : betterAuth(text)
        }
    }

    /// `scrypt:32768:8:1$salt$hexadecimal`, `pbkdf2:sha256:600000$salt$hexadecimal`.
    private static func werkzeug(_ fields: HashFields) throws(HashRefusal) -> ForeignHash {
        let method = HashFields(fields[0], separator: ":")
        switch method[0] {
        case "scrypt" where method.count == 4:
            return try scrypt(
                logarithm(of: method.number(1)), method.number(2), method.number(3), salt: fields.bytes(1),
                result: fields.hexadecimal(2))
        case "pbkdf2" where method.count == 3:
            guard let digest = MessageDigest(rawValue: method[1]) else { throw .unknown }
            return try pbkdf2(digest, method.number(2), salt: fields.bytes(1), result: fields.hexadecimal(2))
        default: throw .unknown
        }
    }

    /// `salt:key`, both hexadecimal. The salt's digits themselves are what is hashed.
    private static func betterAuth(_ text: String) throws(HashRefusal) -> ForeignHash {
        let fields = HashFields(text, separator: ":")
        guard fields.count == 2, fields[0].utf8.count == 32, fields[1].utf8.count == 128 else { throw .unknown }
        _ = try fields.hexadecimal(0)
        var hash = try scrypt(14, 16, 1, salt: fields.bytes(0), result: fields.hexadecimal(1))
        hash.hashesCompatibleForm = true
        return hash
    }

    /// `$fbscrypt$v=1,n=14,r=8,p=1,ss=…,sk=…$salt$result`: Firebase's, as GoTrue writes it.
    private static func firebase(_ fields: HashFields) throws(HashRefusal) -> ForeignHash {
        let parameters = HashFields(fields[2], separator: ",")
        guard fields.count == 5, parameters.count == 6,
            try parameters.value(0, of: "v") == "1"
        else { throw .malformed }
        let costs = try (1...3).map { (index) throws(HashRefusal) in
            try HashFields(parameters.value(index, of: ["n", "r", "p"][index - 1])).number(0)
        }
        let separator = try HashFields(parameters.value(4, of: "ss")).base64(0)
        let signerKey = try HashFields(parameters.value(5, of: "sk")).base64(0)
        let result = try fields.base64(4)
        guard signerKey.count == result.count else { throw .malformed }
        var hash = try scrypt(costs[0], costs[1], costs[2], salt: fields.base64(3) + separator, result: result)
        hash.signerKey = signerKey
        return hash
    }
}

extension ForeignHash {
    private static func bcrypt(_ text: String) throws(HashRefusal) -> String {
        guard let cost = bcryptCost(of: text) else { throw .malformed }
        guard bcryptCosts.contains(cost) else { throw .outOfBounds("bcrypt costs from 4 to 15") }
        return text
    }

    /// The cost of a `$2a$`, `$2b$` or `$2y$` hash of the right form; `$2x$` (a known bug, CVE-2011-2483) has none.
    package static func bcryptCost(of hash: String) -> Int? {
        let bytes = Array(hash.utf8)
        guard bytes.count == 60, bytes.starts(with: "$2".utf8), [0x61, 0x62, 0x79].contains(bytes[2]),
            bytes[3] == 0x24, bytes[6] == 0x24, (0x30...0x39).contains(bytes[4]), (0x30...0x39).contains(bytes[5]),
            bytes[7...].allSatisfy({ isBcryptDigit($0) })
        else { return nil }
        return Int(bytes[4] - 0x30) * 10 + Int(bytes[5] - 0x30)
    }

    private static func isBcryptDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x2E...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }

    private static func scrypt(
        _ logN: Int, _ blockSize: Int, _ parallelism: Int, salt: [UInt8], result: [UInt8]
    ) throws(HashRefusal) -> ForeignHash {
        guard (1...21).contains(logN), (1...mostScryptBlocks).contains(blockSize),
            (1 << logN) * blockSize <= mostScryptBlocks, scryptParallelism.contains(parallelism),
            blockSize * parallelism <= mostScryptLanes,
            // RFC 7914 §2.
            logN < 16 * blockSize
        else { throw .outOfBounds("scrypt up to N·r = 2097152, p = 16 and r·p = 16384") }
        try requireLengths(salt, result)
        return ForeignHash(
            .scrypt(logN: logN, blockSize: blockSize, parallelism: parallelism), salt: salt, result: result)
    }

    private static func pbkdf2(
        _ digest: MessageDigest, _ rounds: Int, salt: [UInt8], result: [UInt8]
    ) throws(HashRefusal) -> ForeignHash {
        guard pbkdf2Rounds.contains(rounds) else { throw .outOfBounds("PBKDF2 up to 5000000 rounds") }
        guard digest != .md5 else { throw .unknown }
        try requireLengths(salt, result)
        return ForeignHash(.pbkdf2(digest, rounds: rounds), salt: salt, result: result)
    }

    private static func requireLengths(_ salt: [UInt8], _ result: [UInt8]) throws(HashRefusal) {
        guard (1...256).contains(salt.count), (16...128).contains(result.count) else { throw .malformed }
    }

    /// Of a power of two; 0, which no function takes, for any other number.
    private static func logarithm(of number: Int) -> Int {
        number > 0 && number & (number - 1) == 0 ? number.trailingZeroBitCount : 0
    }
}
