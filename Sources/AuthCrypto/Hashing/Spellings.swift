internal import MVPAuth
internal import StrictJSON

/// The byte strings that a typed password may have been hashed as, each once, with the one that this service hashes first.
/// They depend on the password alone.
struct Spellings: Sendable {
    enum Kind: Sendable {
        case normalized
        /// As it came.
        case raw
        case compatible
    }

    struct Spelling: Sendable {
        let kind: Kind
        fileprivate(set) var bytes: [UInt8]
    }

    private(set) var all: [Spelling]

    var normalized: [UInt8] { all[0].bytes }

    init(_ password: String) {
        var all = [Spelling(kind: .normalized, bytes: Array(nfc(password).utf8))]
        for (kind, text) in [(Kind.raw, password), (.compatible, CompatibleForm.of(password))] {
            let bytes = Array(text.utf8)
            if !all.contains(where: { $0.bytes == bytes }) { all.append(Spelling(kind: kind, bytes: bytes)) }
        }
        self.all = all
    }

    /// Overwrites them, where nobody else holds one.
    mutating func forget() {
        for index in all.indices { overwrite(&all[index].bytes) }
    }
}
