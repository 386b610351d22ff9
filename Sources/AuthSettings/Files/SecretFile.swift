internal import Host

/// A file that holds one value: a key, a secret, an address with a password inside.
package enum SecretFile {
    /// The text of the file without one line end after it (LF, CRLF or CR). A second line cannot be meant, except in a
    /// PEM document; neither can a control character or a byte order mark.
    package static func value(_ path: String, called noun: String) throws(SettingsError) -> String {
        let bytes = try TrustedFile.read(path, called: noun, isSecret: true)
        do throws(SettingsError) {
            return try value(of: bytes)
        } catch {
            throw SettingsError("\(noun) \(printable(path)) \(error.description)")
        }
    }

    static func value(of bytes: [UInt8]) throws(SettingsError) -> String {
        var bytes = bytes[...]
        guard !bytes.starts(with: [0xEF, 0xBB, 0xBF]), !bytes.starts(with: [0xFF, 0xFE]),
            !bytes.starts(with: [0xFE, 0xFF])
        else { throw SettingsError("begins with a byte order mark, which would count as a part of the value.") }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.contains(0) else { throw SettingsError("holds a NUL byte.") }
        let isPEM = bytes.starts(with: "-----BEGIN ".utf8)
        for byte in bytes where byte < 0x20 || byte == 0x7F {
            let isLineEnd = byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
            guard !isLineEnd || isPEM else { throw SettingsError("holds more than one line; the value must be one.") }
            guard isLineEnd || byte == UInt8(ascii: "\t") else { throw SettingsError("holds a control character.") }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw SettingsError("is not UTF-8 text.") }
        return text
    }
}
