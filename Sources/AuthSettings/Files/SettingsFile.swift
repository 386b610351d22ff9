internal import Host

/// A file of `NAME=value` lines, read by the rules of systemd's `EnvironmentFile=` (systemd.exec(5)): comments begin with
/// `#` or `;`, values may be in quotes, `\` escapes, and at the end of a line continues it.
///
/// Where systemd passes over what it does not understand, this reader says so: a line that is none, a name that comes
/// twice, a quote that is not closed. A byte order mark at the beginning and CRLF line ends are understood.
package struct SettingsFile: Sendable {
    package struct Entry: Sendable, Equatable {
        package let name: String
        package let value: String
        /// The line that it begins in, from 1.
        package let line: Int
    }

    package let path: String
    package private(set) var entries: [Entry] = []
    /// What is wrong, a sentence each.
    package private(set) var faults: [String] = []

    package init(path: String) {
        self.path = path
        do throws(SettingsError) {
            parse(try TrustedFile.read(path, called: "The configuration file"))
        } catch {
            faults += error.sentences
        }
    }

    init(path: String, bytes: [UInt8]) {
        self.path = path
        parse(bytes)
    }

    package func entry(_ name: String) -> Entry? {
        entries.first { $0.name.utf8.elementsEqual(name.utf8) }
    }

    /// A sentence about a line.
    package func sentence(_ line: Int, _ text: String) -> String { "\(printable(path)), line \(line): \(text)" }

    private mutating func parse(_ bytes: [UInt8]) {
        let (text, harm) = Self.plainText(bytes)
        if let harm {
            faults.append(sentence(harm.line, harm.text))
            return
        }
        var scanner = SettingsFileScanner(text)
        while let item = scanner.next() {
            switch item {
            case .fault(let line, let text): faults.append(sentence(line, text))
            case .assignment(let line, let name, let value): add(Entry(name: name, value: value, line: line))
            }
        }
    }

    private mutating func add(_ entry: Entry) {
        if let first = self.entry(entry.name) {
            faults.append(sentence(entry.line, "\(entry.name) is set already in line \(first.line)."))
        } else {
            entries.append(entry)
        }
    }

    /// The bytes with plain line feeds, or the first thing in them that no text of settings has.
    private static func plainText(_ bytes: [UInt8]) -> ([UInt8], (line: Int, text: String)?) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        var rest = bytes.starts(with: mark) ? bytes[mark.count...] : bytes[...]
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            return ([], (1, "The file is UTF-16; it must be UTF-8."))
        }
        var text: [UInt8] = []
        text.reserveCapacity(rest.count)
        var line = 1
        var lineStart = 0
        func isText() -> Bool { String(validating: text[lineStart...], as: UTF8.self) != nil }
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\r"):
                guard rest.first == UInt8(ascii: "\n") else {
                    return ([], (line, "A carriage return stands alone; lines end with LF or CRLF."))
                }
            case UInt8(ascii: "\n"):
                guard isText() else { return ([], (line, "The line is not UTF-8.")) }
                text.append(byte)
                line += 1
                lineStart = text.count
            case 0: return ([], (line, "The line holds a NUL byte."))
            case 0x01..<0x20 where byte != UInt8(ascii: "\t"), 0x7F:
                return ([], (line, "The line holds a control character."))
            default: text.append(byte)
            }
        }
        guard isText() else { return ([], (line, "The line is not UTF-8.")) }
        return (text, nil)
    }
}
