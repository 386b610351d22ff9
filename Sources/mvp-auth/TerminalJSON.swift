internal import Host
internal import StrictJSON

/// JSON for a terminal: indented, in colour if wanted, and without a character that the terminal would obey.
struct TerminalJSON {
    let isColoured: Bool

    private enum Colour: String {
        case name = "34"
        case string = "32"
        case number = "36"
        case word = "35"
    }

    func text(of value: JSON, indent: Int = 0) -> String {
        let inner = String(repeating: "  ", count: indent + 1)
        let outer = String(repeating: "  ", count: indent)
        switch value {
        case .array(let elements) where !elements.isEmpty:
            let lines = elements.map { inner + text(of: $0, indent: indent + 1) }
            return "[\n" + lines.joined(separator: ",\n") + "\n\(outer)]"
        case .object(let members) where !members.isEmpty:
            let lines = members.map { member in
                inner + paint(leaf(.string(member.name)), .name) + ": " + text(of: member.value, indent: indent + 1)
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(outer)}"
        case .string: return paint(leaf(value), .string)
        case .int, .double: return paint(leaf(value), .number)
        case .bool, .null: return paint(leaf(value), .word)
        default: return leaf(value)
        }
    }

    /// What the terminal would obey is an escape, so that the text is still the same JSON.
    private func leaf(_ value: JSON) -> String {
        printable(String(decoding: value.text, as: UTF8.self)) { scalar in
            let digits = String(scalar.value, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
    }

    private func paint(_ text: String, _ colour: Colour) -> String {
        isColoured ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }
}
