internal import MVPAuth

/// One setting: its variable, what it may be, and what it is when nobody says.
package struct Setting<Value: Sendable>: Sendable {
    package let name: String
    package let summary: String
    /// What is allowed, in words: told when a value is refused.
    package let allowed: String
    package let isSecret: Bool
    /// An address with a secret inside: the rest of it may be shown.
    package let isAddress: Bool
    package let fallback: Value
    package let parse: @Sendable (String) -> Value?

    package init(
        _ name: String, _ summary: String, allowed: String, isSecret: Bool = false, isAddress: Bool = false,
        default fallback: Value,
        parse: @escaping @Sendable (String) -> Value?
    ) {
        self.name = name
        self.summary = summary
        self.allowed = allowed
        self.isSecret = isSecret || isAddress
        self.isAddress = isAddress
        self.fallback = fallback
        self.parse = parse
    }
}

extension Setting {
    static func integer(
        _ name: String, _ summary: String, _ range: ClosedRange<Int64>, default fallback: Int64
    ) -> Setting<Int64> {
        Setting<Int64>(
            name, summary, allowed: "an integer from \(range.lowerBound) to \(range.upperBound)", default: fallback
        ) { text in
            guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int64(text) else { return nil }
            return range.contains(value) ? value : nil
        }
    }

    static func flag(_ name: String, _ summary: String, default fallback: Bool = false) -> Setting<Bool> {
        Setting<Bool>(name, summary, allowed: "true or false", default: fallback) { text in
            switch text.lowercased() {
            case "true", "1", "yes", "on": true
            case "false", "0", "no", "off": false
            default: nil
            }
        }
    }

    static func text(_ name: String, _ summary: String) -> Setting<String?> {
        Setting<String?>(name, summary, allowed: "text", default: nil) { .some($0) }
    }

    static func choice<Choice: RawRepresentable & CaseIterable & Sendable>(
        _ name: String, _ summary: String, default fallback: Choice
    ) -> Setting<Choice> where Choice.RawValue == String {
        Setting<Choice>(
            name, summary, allowed: "one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))",
            default: fallback
        ) { Choice(rawValue: $0) }
    }

    static func secret(_ name: String, _ summary: String) -> Setting<Secret?> {
        Setting<Secret?>(name, summary, allowed: "a secret", isSecret: true, default: nil) { .some(Secret($0)) }
    }

    static func address(_ name: String, _ summary: String) -> Setting<String?> {
        Setting<String?>(name, summary, allowed: "a URL", isAddress: true, default: nil) { .some($0) }
    }
}

/// A setting that cannot be used. One sentence: the name, the value, and what is allowed.
package struct SettingsError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
