/// Takes the text of a settings file apart, byte by byte, with the states of systemd's own reader.
struct SettingsFileScanner {
    enum Item: Equatable {
        case assignment(line: Int, name: String, value: String)
        case fault(line: Int, String)
    }

    private let text: [UInt8]
    private var place = 0
    private var line = 1

    private static let newline = UInt8(ascii: "\n")
    private static let backslash = UInt8(ascii: "\\")

    /// - Parameter text: UTF-8 whose lines end with LF.
    init(_ text: [UInt8]) {
        self.text = text
    }

    /// The next assignment or fault; nil at the end.
    mutating func next() -> Item? {
        while let byte = peek {
            switch byte {
            case Self.newline, UInt8(ascii: " "), UInt8(ascii: "\t"): advance()
            case UInt8(ascii: "#"), UInt8(ascii: ";"): if let fault = comment() { return fault }
            default: return assignment()
            }
        }
        return nil
    }

    private var peek: UInt8? { place < text.count ? text[place] : nil }

    private mutating func advance() {
        if text[place] == Self.newline { line += 1 }
        place += 1
    }

    /// A `\` at its end makes the next line a part of a comment for some versions of systemd and not for others.
    private mutating func comment() -> Item? {
        let start = line
        var last: UInt8 = 0
        while let byte = peek, byte != Self.newline {
            last = byte
            advance()
        }
        guard last == Self.backslash, peek != nil else { return nil }
        let following = text[(place + 1)...].prefix { $0 != Self.newline }.drop { $0 == 0x20 || $0 == 0x09 }
        guard let first = following.first, first != UInt8(ascii: "#"), first != UInt8(ascii: ";") else { return nil }
        return .fault(
            line: start, "The comment ends with a backslash, so the next line may count as a part of it; leave it out.")
    }

    private mutating func assignment() -> Item {
        let start = line
        var name: [UInt8] = []
        while let byte = peek, byte != Self.newline, byte != UInt8(ascii: "=") {
            name.append(byte)
            advance()
        }
        while let last = name.last, last == 0x20 || last == 0x09 { name.removeLast() }
        guard peek == UInt8(ascii: "=") else { return .fault(line: start, Self.complaint(about: name)) }
        advance()
        let value = value(from: start)
        guard Self.isName(name) else { return .fault(line: start, Self.complaint(about: name)) }
        switch value {
        case .success(let bytes):
            return .assignment(
                line: start, name: String(decoding: name, as: UTF8.self), value: String(decoding: bytes, as: UTF8.self))
        case .failure(let error): return .fault(line: start, error.description)
        }
    }

    private mutating func value(from start: Int) -> Result<[UInt8], SettingsError> {
        var value: [UInt8] = []
        // What of the value is written plainly; white space at its end does not count.
        var kept = 0
        var isPlain = false
        let first = place
        while let byte = peek, byte != Self.newline {
            advance()
            switch byte {
            case UInt8(ascii: "'") where !isPlain, UInt8(ascii: "\"") where !isPlain:
                guard quoted(until: byte, into: &value) else {
                    return .failure(SettingsError("The quote \(Character(Unicode.Scalar(byte))) is not closed."))
                }
                kept = value.count
            case Self.backslash:
                isPlain = true
                guard let escaped = peek else {
                    return .failure(SettingsError("The file ends after a backslash, which continues the line."))
                }
                advance()
                if escaped != Self.newline { value.append(escaped) }
                kept = value.count
            case 0x20, 0x09:
                if isPlain { value.append(byte) }
            default:
                isPlain = true
                value.append(byte)
                kept = value.count
            }
        }
        if line > start, Self.holdsAssignment(text[first..<place]) {
            return .failure(
                SettingsError(
                    "The value goes on to line \(line) and takes in another setting; a quote or a backslash is wrong."))
        }
        return .success(Array(value.prefix(kept)))
    }

    /// Reads up to the closing quote. False when there is none.
    private mutating func quoted(until quote: UInt8, into value: inout [UInt8]) -> Bool {
        while let byte = peek {
            advance()
            if byte == quote { return true }
            guard byte == Self.backslash, quote == UInt8(ascii: "\"") else {
                value.append(byte)
                continue
            }
            guard let escaped = peek else { return false }
            advance()
            switch escaped {
            case Self.newline: break
            case UInt8(ascii: "\""), Self.backslash, UInt8(ascii: "`"), UInt8(ascii: "$"): value.append(escaped)
            default: value += [byte, escaped]
            }
        }
        return false
    }

    /// Whether a line after the first looks like a setting of ours.
    private static func holdsAssignment(_ text: ArraySlice<UInt8>) -> Bool {
        text.split(separator: newline).dropFirst().contains { line in
            var line = line.drop { $0 == 0x20 || $0 == 0x09 }
            if line.starts(with: "export ".utf8) { line = line.dropFirst("export ".utf8.count) }
            guard let sign = line.firstIndex(of: UInt8(ascii: "=")) else { return false }
            var name = line[..<sign]
            while let last = name.last, last == 0x20 || last == 0x09 { name.removeLast() }
            return isName(name) && Program.mayOwn(String(decoding: name, as: UTF8.self))
        }
    }

    private static func isName(_ name: some Collection<UInt8>) -> Bool {
        let isPlain = name.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): true
            default: false
            }
        }
        return isPlain && name.first.map { !(0x30...0x39).contains($0) } ?? false
    }

    /// What a line is that is no setting. It is not shown: it may be a part of a secret.
    private static func complaint(about text: [UInt8]) -> String {
        switch text {
        case _ where text.first == UInt8(ascii: "["):
            "The line is the head of a section; there are none here, only lines of NAME=value."
        case _
        where text.starts(with: "export ".utf8) || text.starts(with: "export\t".utf8)
            || text.elementsEqual("export".utf8):
            "The line begins with \"export\", which belongs to a shell; write NAME=value."
        case _ where text.starts(with: "set ".utf8):
            "The line begins with \"set\", which belongs to a shell; write NAME=value."
        default: "The line is not of the form NAME=value; comments begin with #."
        }
    }
}
