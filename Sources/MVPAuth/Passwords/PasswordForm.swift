/// How a hash was made: algorithm and cost, without salt and digest. `$2b$12$`, `$argon2id$v=19$m=19456,t=2,p=1$`,
/// `$scrypt$ln=14,r=8,p=1$`, `$pbkdf2-sha256$600000$`. What costs the same is the same form, whoever wrote it.
public struct PasswordForm: Sendable, Hashable {
    private let bytes: [UInt8]

    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// - Parameter hash: a stored hash; of bcrypt and argon2, its beginning will do. Nil when it is none that is known.
    public init?(of hash: String) {
        let all = Array(hash.utf8)
        let fields = all.split(separator: UInt8(ascii: "$"), omittingEmptySubsequences: false)
        guard fields.count > 3, fields[0].isEmpty else {
            guard let form = Self.foreign(hash) else { return nil }
            self = form
            return
        }
        if ["argon2id", "argon2i", "argon2d"].contains(where: { fields[1].elementsEqual($0.utf8) }) {
            guard fields.count > 4 else { return nil }
            bytes = Array(all.prefix(fields[1].count + fields[2].count + fields[3].count + 4))
        } else if fields[1].count == 2, fields[1].first == 0x32, [0x61, 0x62, 0x79].contains(fields[1].last),
            fields[2].count == 2
        {
            // $2a$, $2b$ and $2y$ are one algorithm.
            bytes = Array("$2b$".utf8) + fields[2] + [UInt8(ascii: "$")]
        } else {
            guard let form = Self.foreign(hash) else { return nil }
            self = form
        }
    }

    private init(text: String) {
        bytes = Array(text.utf8)
    }

    private static func foreign(_ text: String) -> PasswordForm? {
        guard let hash = try? ForeignHash(text) else { return nil }
        switch hash.function {
        case .bcrypt(let text), .argon2(let text): return PasswordForm(of: text)
        case .scrypt(let logN, let blockSize, let parallelism):
            return PasswordForm(text: "$scrypt$ln=\(logN),r=\(blockSize),p=\(parallelism)$")
        case .pbkdf2(let digest, let rounds):
            // Each block of the result takes all rounds.
            let blocks = (hash.result.count + digest.bytes - 1) / digest.bytes
            return PasswordForm(text: "$pbkdf2-\(digest.rawValue)$\(rounds * blocks)$")
        }
    }

    /// The most frequent form of these hashes, or of their beginnings. Nil when none has one.
    public static func mostFrequent(of hashes: some Sequence<String>) -> PasswordForm? {
        var counts: [PasswordForm: Int] = [:]
        for hash in hashes {
            if let form = PasswordForm(of: hash) { counts[form, default: 0] += 1 }
        }
        return counts.max { ($0.value, $1.key.text) < ($1.value, $0.key.text) }?.key
    }
}
