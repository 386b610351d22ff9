/// How a hash was made: algorithm and cost, without salt and digest. `$2b$12$`, or `$argon2id$v=19$m=19456,t=2,p=1$`.
public struct PasswordForm: Sendable, Hashable {
    private let bytes: [UInt8]

    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// - Parameter hash: a stored hash, or its beginning. Nil when it is neither bcrypt's nor argon2id's.
    public init?(of hash: String) {
        let all = Array(hash.utf8)
        let fields = all.split(separator: UInt8(ascii: "$"), omittingEmptySubsequences: false)
        guard fields.count > 3, fields[0].isEmpty else { return nil }
        if fields[1].elementsEqual("argon2id".utf8) {
            guard fields.count > 4 else { return nil }
            bytes = Array(all.prefix(fields[1].count + fields[2].count + fields[3].count + 4))
        } else {
            // $2a$, $2b$ and $2y$ are one algorithm.
            guard fields[1].count == 2, fields[1].first == 0x32, [0x61, 0x62, 0x79].contains(fields[1].last),
                fields[2].count == 2
            else { return nil }
            bytes = Array("$2b$".utf8) + fields[2] + [UInt8(ascii: "$")]
        }
    }

    /// How many characters of a stored hash tell its form.
    public static let longest = 64

    /// The most frequent form of these hashes, or of their beginnings. Nil when none has one.
    public static func mostFrequent(of hashes: some Sequence<String>) -> PasswordForm? {
        var counts: [PasswordForm: Int] = [:]
        for hash in hashes {
            if let form = PasswordForm(of: hash) { counts[form, default: 0] += 1 }
        }
        return counts.max { ($0.value, $1.key.text) < ($1.value, $0.key.text) }?.key
    }
}
