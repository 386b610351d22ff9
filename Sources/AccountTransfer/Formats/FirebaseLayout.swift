internal import StrictJSON

/// What `firebase auth:export` writes. How its hashes were made is the project's, not the file's.
struct FirebaseLayout: AccountLayout {
    var hashConfig: FirebaseHashConfig?
    let lists = ["users"]
    let members: Set = ["email", "emailVerified", "passwordHash", "salt", "createdAt", "disabled"]

    func account(_ record: TransferRecord) throws(TransferProblem) -> TransferredAccount? {
        let isDisabled = try record.flag("disabled") ?? false
        return TransferredAccount(
            email: try record.address(), passwordHash: try hash(record), isVerified: try record.flag("emailVerified"),
            isActive: isDisabled ? false : nil, createdAt: try record.time("createdAt"))
    }

    private func hash(_ record: TransferRecord) throws(TransferProblem) -> String? {
        // Who signs in by another provider has none.
        guard let hash = try record.text("passwordHash") else { return nil }
        guard let hashConfig else {
            throw TransferProblem("its hash can be read with the project's parameters only: --hash-config")
        }
        guard let salt = try record.text("salt") else { throw TransferProblem("it has a hash without a salt") }
        return hashConfig.form + salt + "$" + hash
    }
}

/// The parameters of a Firebase project's hashes, as its console shows them ("Password hash parameters") or as JSON.
package struct FirebaseHashConfig: Sendable {
    /// What a hash begins with.
    let form: String

    package init(_ text: String) throws(TransferProblem) {
        var values: [String: String] = [:]
        let isWord = { (byte: UInt8) in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2F, 0x3D, 0x5F: true
            default: false
            }
        }
        // Names and values by turns, whatever stands between them.
        let words = text.utf8.split(whereSeparator: { !isWord($0) }).map { String(decoding: $0, as: UTF8.self) }
        for (name, value) in zip(words, words.dropFirst()) where values[name] == nil { values[name] = value }
        func value(_ name: String) throws(TransferProblem) -> String {
            guard let value = values[name] else { throw TransferProblem("the hash parameters lack \(name)") }
            return value
        }
        guard try value("algorithm").lowercased() == "scrypt" else {
            throw TransferProblem("only Firebase's own algorithm, SCRYPT, is taken over")
        }
        guard let rounds = Int(try value("rounds")), let memory = Int(try value("mem_cost")) else {
            throw TransferProblem("rounds and mem_cost of the hash parameters must be numbers")
        }
        let (separator, key) = (try value("base64_salt_separator"), try value("base64_signer_key"))
        form = "$fbscrypt$v=1,n=\(memory),r=\(rounds),p=1,ss=\(separator),sk=\(key)$"
    }
}
