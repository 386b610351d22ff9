internal import Host

/// One header field of a message (RFC 5322 §2.2), folded. Whatever its value holds, it is one field: what would begin
/// another is replaced.
struct HeaderField {
    let line: String

    /// How long a line should be at most (RFC 5322 §2.1.1).
    private static let width = 78

    /// A value of our own making: addresses, dates and the like, in ASCII as a rule.
    init(_ name: StaticString, _ value: String) {
        line = "\(name): " + Self.oneLine(value)
    }

    /// A value with a parameter, which has a line of its own.
    init(_ name: StaticString, _ value: String, parameter: String) {
        line = "\(name): " + Self.oneLine(value) + ";\r\n " + Self.oneLine(parameter)
    }

    /// A value for people: beyond ASCII in encoded words (RFC 2047).
    init(_ name: StaticString, text: String) {
        let text = Self.oneLine(text)
        let isPlain = text.utf8.allSatisfy { $0 < 0x80 } && !text.contains("=?")
        if isPlain, name.utf8CodeUnitCount + 2 + text.utf8.count <= Self.width {
            line = "\(name): " + text
        } else {
            line = "\(name): " + Self.encodedWords(text)
        }
    }

    /// A mailbox: the name as an atom, a quoted string, or encoded words.
    init(_ name: StaticString, _ mailbox: Mailbox) {
        let address = mailbox.address.text
        guard !mailbox.name.isEmpty else {
            line = "\(name): " + address
            return
        }
        let text = Self.oneLine(mailbox.name)
        let isPlain = text.utf8.allSatisfy { $0 < 0x80 } && !text.contains("=?") && text.utf8.count <= 60
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        line = "\(name): " + (isPlain ? "\"\(escaped)\"" : Self.encodedWords(text)) + "\r\n <\(address)>"
    }

    private static func oneLine(_ text: String) -> String { printable(text) { _ in " " } }

    /// Each word is at most 75 characters long and ends where a character does (RFC 2047 §2, §5).
    private static func encodedWords(_ text: String) -> String {
        var words: [String] = []
        var word: [UInt8] = []
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if word.count + bytes.count > 42 {
                words.append(Base64.encode(word))
                word = []
            }
            word += bytes
        }
        words.append(Base64.encode(word))
        return words.map { "=?utf-8?B?\($0)?=" }.joined(separator: "\r\n ")
    }
}
