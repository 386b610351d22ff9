/// A salted digest that other software kept in place of a password hash: guessed at billions a second. It is never
/// stored: what is, is a slow hash of it, `$fast$sha1,before$salt$argon2id$…`, whose verification makes the digest again.
package struct FastHash: Sendable {
    package enum Place: String, Sendable {
        /// The salt comes before the password.
        case before
        case after
    }

    /// How the digest of a password is made.
    package struct Recipe: Sendable {
        package let digest: MessageDigest
        package let place: Place
        package let salt: [UInt8]

        init(_ digest: MessageDigest, _ place: Place, _ salt: [UInt8]) throws(HashRefusal) {
            guard salt.count <= 256 else { throw .malformed }
            self.digest = digest
            self.place = place
            self.salt = salt
        }

        /// - Parameter text: `sha1,before`.
        init(_ text: String, _ salt: [UInt8]) throws(HashRefusal) {
            let fields = HashFields(text, separator: ",")
            guard fields.count == 2, let digest = MessageDigest(rawValue: fields[0]),
                let place = Place(rawValue: fields[1])
            else { throw .malformed }
            try self.init(digest, place, salt)
        }

        /// What the digest is made of.
        package func input(_ password: [UInt8]) -> [UInt8] {
            switch place {
            case .before: salt + password
            case .after: password + salt
            }
        }
    }

    static let mark = "fast"

    package let recipe: Recipe
    /// The digest itself.
    package let value: [UInt8]

    /// Nil when the text is of another kind; whether it may be taken is asked then of ``ForeignHash``.
    ///
    /// Read are `sha1$salt$hexadecimal` with the salt before the password, as Django wrote it, with md5, sha1, sha256 or
    /// sha512, and LDAP's `{SSHA}base64` with the salt after it (RFC 2307): MD5, SMD5, SHA, SSHA, SHA256, SSHA256,
    /// SHA512, SSHA512.
    package init?(_ text: String) throws(HashRefusal) {
        guard text.utf8.count <= ForeignHash.longest else { throw .unknown }
        if text.utf8.first == UInt8(ascii: "{") {
            let fields = HashFields(String(text.dropFirst()), separator: "}")
            guard let digest = Self.schemes[fields[0]] else { throw .unknown }
            let bytes = try fields.base64(1)
            guard fields.count == 2, bytes.count >= digest.bytes else { throw .malformed }
            value = Array(bytes.prefix(digest.bytes))
            recipe = try Recipe(digest, .after, Array(bytes.dropFirst(digest.bytes)))
            return
        }
        let fields = HashFields(text)
        guard let digest = MessageDigest(rawValue: fields[0]) else { return nil }
        value = try fields.hexadecimal(2)
        guard fields.count == 3, value.count == digest.bytes else { throw .malformed }
        recipe = try Recipe(digest, .before, fields.bytes(1))
    }

    private static let schemes: [String: MessageDigest] = [
        "MD5": .md5, "SMD5": .md5, "SHA": .sha1, "SSHA": .sha1, "SHA256": .sha256, "SSHA256": .sha256,
        "SHA512": .sha512, "SSHA512": .sha512,
    ]

    /// What is stored.
    ///
    /// - Parameter hash: an argon2id hash of the digest's bytes.
    package func wrapped(in hash: String) -> String {
        "$\(Self.mark)$\(recipe.digest.rawValue),\(recipe.place.rawValue)$" + ForeignText.base64(of: recipe.salt) + hash
    }
}
