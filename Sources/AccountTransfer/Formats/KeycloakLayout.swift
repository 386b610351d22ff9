internal import StrictJSON

/// The users of a realm, as `kc.sh export` writes them. A hash is two JSON texts there, which become one of the usual forms.
struct KeycloakLayout: AccountLayout {
    let lists = ["users"]
    let members: Set = ["id", "email", "emailVerified", "enabled", "createdTimestamp", "credentials"]

    func account(_ record: TransferRecord) throws(TransferProblem) -> TransferredAccount? {
        // Clients' own accounts have no address and nobody signs in with them.
        if record["serviceAccountClientId"] != nil { return nil }
        return TransferredAccount(
            id: record.identifierIfUUID("id"), email: try record.address(), passwordHash: try hash(record),
            isVerified: try record.flag("emailVerified"), isActive: try record.flag("enabled"),
            createdAt: try record.time("createdTimestamp"))
    }

    private func hash(_ record: TransferRecord) throws(TransferProblem) -> String? {
        guard case .array(let credentials) = record["credentials"],
            let password = credentials.first(where: { $0["type"]?.string == "password" })
        else { return nil }
        let secret = try Self.parse(password["secretData"], "secretData")
        let data = try Self.parse(password["credentialData"], "credentialData")
        guard let value = secret["value"]?.string, let salt = secret["salt"]?.string,
            let rounds = data["hashIterations"]?.int, let algorithm = data["algorithm"]?.string
        else { throw TransferProblem("its password credential is not complete") }
        switch algorithm {
        case "pbkdf2", "pbkdf2-sha256", "pbkdf2-sha512": return "$\(algorithm)$\(rounds)$\(salt)$\(value)"
        case "argon2":
            func parameter(_ name: String) throws(TransferProblem) -> String {
                guard let value = data["additionalParameters"]?[name]?[0]?.string else {
                    throw TransferProblem("its argon2 credential lacks \(name)")
                }
                return value
            }
            let version = try parameter("version") == "1.3" ? 19 : 16
            return try "$argon2\(parameter("type"))$v=\(version)$m=\(parameter("memory")),t=\(rounds),"
                + "p=\(parameter("parallelism"))$\(Self.unpadded(salt))$\(Self.unpadded(value))"
        default: throw TransferProblem("its password is hashed by \(Self.word(algorithm)), which is not taken over")
        }
    }

    private static func parse(_ text: JSON?, _ name: String) throws(TransferProblem) -> JSON {
        var scanner = JSONScanner()
        guard let text = text?.string,
            let value = Array(text.utf8).withUnsafeBytes({ try? scanner.scanFlawless($0) }), let json = try? JSON(value)
        else { throw TransferProblem("\(name) of its password credential is not JSON") }
        return json
    }

    private static func unpadded(_ base64: String) -> String {
        String(decoding: base64.utf8.filter { $0 != UInt8(ascii: "=") }, as: UTF8.self)
    }

    /// A name out of a file, as far as it can be one.
    private static func word(_ text: String) -> String {
        String(decoding: text.utf8.prefix(32).filter { (0x21...0x7E).contains($0) }, as: UTF8.self)
    }
}
