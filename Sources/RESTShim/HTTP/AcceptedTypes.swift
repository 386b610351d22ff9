/// The header `Accept` (RFC 9110 §12.5.1), as far as it chooses between JSON and a page.
struct AcceptedTypes {
    /// How much a type is wanted: its weight in thousandths, then how exactly it was named.
    fileprivate struct Wish: Comparable {
        var exactness = 0
        var weight = 0

        static func < (a: Wish, b: Wish) -> Bool { (a.weight, a.exactness) < (b.weight, b.exactness) }
    }

    private var json = Wish()
    private var html = Wish()

    init(_ values: [String]) {
        for element in values.flatMap({ $0.utf8.split(separator: UInt8(ascii: ",")) }) {
            let parts = element.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map(Self.trimmed)
            guard let type = parts.first else { continue }
            let weight = parts.dropFirst().compactMap(Self.weight).first ?? 1000
            switch type {
            case "*/*":
                json.learn(1, weight)
                html.learn(1, weight)
            case "application/*": json.learn(2, weight)
            case "text/*": html.learn(2, weight)
            case "application/json": json.learn(4, weight)
            case "text/html", "application/xhtml+xml": html.learn(3, weight)
            default: if type.utf8.suffix(5).elementsEqual("+json".utf8) { json.learn(3, weight) }
            }
        }
    }

    var prefersJSON: Bool { json > html }

    private static func trimmed(_ part: Substring.UTF8View) -> String {
        let bytes = part.filter { $0 != 0x20 && $0 != 0x09 }.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `q=0.8` in thousandths; nil for another parameter.
    private static func weight(_ parameter: String) -> Int? {
        let bytes = Array(parameter.utf8)
        guard bytes.starts(with: "q=".utf8), let whole = bytes.dropFirst(2).first, (0x30...0x31).contains(whole) else {
            return nil
        }
        guard whole == 0x30 else { return 1000 }
        let digits = bytes.dropFirst(4).prefix(3).map { (0x30...0x39).contains($0) ? Int($0 - 0x30) : 0 }
        return zip(digits, [100, 10, 1]).reduce(0) { $0 + $1.0 * $1.1 }
    }
}

extension AcceptedTypes.Wish {
    /// The most exact range that a type falls in decides.
    fileprivate mutating func learn(_ exactness: Int, _ weight: Int) {
        if exactness > self.exactness { self = Self(exactness: exactness, weight: weight) }
    }
}
