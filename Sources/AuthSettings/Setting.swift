package import MVPAuth

/// One setting: its variable, what it may be, and what it is when nobody says.
package struct Setting<Value: Sendable>: Sendable {
    package let name: String
    /// The option of the command line that says the same, without its hyphens.
    package let flag: String?
    package let summary: String
    /// What is allowed, in words: told when a value is refused.
    package let allowed: String
    package let isSecret: Bool
    /// An address with a secret inside: the rest of it may be shown.
    package let isAddress: Bool
    package let fallback: Value
    /// The default as an operator would write it.
    package let shownFallback: String
    /// Nil when the text is not what is allowed; throws what more there is to say, in a sentence.
    package let parse: @Sendable (String) throws -> Value?

    package init(
        _ name: String, flag: String? = nil, _ summary: String, allowed: String, isSecret: Bool = false,
        isAddress: Bool = false, default fallback: Value, shown: String? = nil,
        parse: @escaping @Sendable (String) throws -> Value?
    ) {
        self.name = name
        self.flag = flag
        self.summary = summary
        self.allowed = allowed
        self.isSecret = isSecret || isAddress
        self.isAddress = isAddress
        self.fallback = fallback
        shownFallback = shown ?? "\(fallback)"
        self.parse = parse
    }
}

extension Setting {
    package static func integer(
        _ name: String, flag: String? = nil, _ summary: String, _ range: ClosedRange<Int64>, default fallback: Int64
    ) -> Setting<Int64> where Value == Int64 {
        Setting<Int64>(
            name, flag: flag, summary, allowed: "an integer from \(range.lowerBound) to \(range.upperBound)",
            default: fallback
        ) { text in
            guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int64(text) else { return nil }
            return range.contains(value) ? value : nil
        }
    }

    package static func flag(
        _ name: String, flag: String? = nil, _ summary: String, default fallback: Bool = false
    ) -> Setting<Bool> where Value == Bool {
        Setting<Bool>(name, flag: flag, summary, allowed: "true or false", default: fallback) {
            Setting<Bool>.truth($0)
        }
    }

    /// What a text says of a flag.
    static func truth(_ text: String) -> Bool? where Value == Bool {
        switch text.lowercased() {
        case "true", "1", "yes", "on": true
        case "false", "0", "no", "off": false
        default: nil
        }
    }

    package static func text(
        _ name: String, flag: String? = nil, _ summary: String
    ) -> Setting<String?> where Value == String? {
        Setting<String?>(name, flag: flag, summary, allowed: "text", default: nil) { .some($0) }
    }

    package static func choice(
        _ name: String, flag: String? = nil, _ summary: String, default fallback: Value
    ) -> Setting<Value> where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
        Setting<Value>(
            name, flag: flag, summary, allowed: "one of \(Value.allCases.map(\.rawValue).joined(separator: ", "))",
            default: fallback, shown: fallback.rawValue
        ) { text in Value.allCases.first { $0.rawValue.utf8.elementsEqual(text.utf8) } }
    }

    static func directory(
        _ name: String, flag: String, _ summary: String, default fallback: String
    ) -> Setting<String> where Value == String {
        Setting<String>(name, flag: flag, summary, allowed: "the path of a directory", default: fallback) { text in
            text.split(separator: ":").first.map(String.init)
        }
    }

    package static func secret(_ name: String, _ summary: String) -> Setting<Secret?> where Value == Secret? {
        Setting<Secret?>(name, summary, allowed: "a secret", isSecret: true, default: nil) { .some(Secret($0)) }
    }

    package static func address(_ name: String, _ summary: String) -> Setting<String?> where Value == String? {
        Setting<String?>(name, summary, allowed: "a URL", isAddress: true, default: nil) { .some($0) }
    }
}

/// Settings that cannot be used. A sentence for each: the name, the value, and what is allowed.
package struct SettingsError: Error, CustomStringConvertible {
    package let sentences: [String]

    package init(_ sentence: String) {
        sentences = [sentence]
    }

    package init(_ sentences: [String]) {
        self.sentences = sentences
    }

    package var description: String { sentences.joined(separator: "\n") }
}
