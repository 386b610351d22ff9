/// RFC 8259 by recursive descent, one function for each rule of its grammar; nil for what is no JSON text.
struct ReferenceReader {
    private struct NotJSON: Error {}

    private let text: [UInt8]
    private let depthLimit: Int
    private var place = 0

    static func read(_ text: [UInt8], depthLimit: Int) -> ReferenceValue? {
        guard String(validating: text, as: UTF8.self) != nil else { return nil }
        var reader = ReferenceReader(text: text, depthLimit: depthLimit)
        guard let value = try? reader.value(depth: 0) else { return nil }
        return reader.place == text.count ? value : nil
    }

    private init(text: [UInt8], depthLimit: Int) {
        self.text = text
        self.depthLimit = depthLimit
    }

    private var next: UInt8? { place < text.count ? text[place] : nil }

    private func nextIs(_ character: Unicode.Scalar) -> Bool { next == UInt8(ascii: character) }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard nextIs(character) else { return false }
        place += 1
        return true
    }

    private mutating func expect(_ characters: String) throws(NotJSON) {
        for character in characters.unicodeScalars where !take(character) { throw NotJSON() }
    }

    private mutating func skipSpace() {
        while take(" ") || take("\t") || take("\n") || take("\r") {}
    }

    /// A value with the white space around it.
    private mutating func value(depth: Int) throws(NotJSON) -> ReferenceValue {
        skipSpace()
        let start = place
        var value = ReferenceValue(content: .null, range: start..<start)
        switch next {
        case UInt8(ascii: "n"): try expect("null")
        case UInt8(ascii: "t"):
            try expect("true")
            value.content = .bool(true)
        case UInt8(ascii: "f"):
            try expect("false")
            value.content = .bool(false)
        case UInt8(ascii: "\""): value = try string()
        case UInt8(ascii: "["): value = try array(depth: depth + 1)
        case UInt8(ascii: "{"): value = try object(depth: depth + 1)
        default:
            try number()
            value.content = .number
        }
        value.range = start..<place
        skipSpace()
        return value
    }

    private mutating func array(depth: Int) throws(NotJSON) -> ReferenceValue {
        if depth > depthLimit { throw NotJSON() }
        try expect("[")
        var elements: [ReferenceValue] = []
        skipSpace()
        if !nextIs("]") {
            repeat { elements.append(try value(depth: depth)) } while take(",")
        }
        try expect("]")
        return ReferenceValue(content: .array(elements), range: 0..<0, flaws: elements.flatMap(\.flaws))
    }

    private mutating func object(depth: Int) throws(NotJSON) -> ReferenceValue {
        if depth > depthLimit { throw NotJSON() }
        try expect("{")
        var members: [(name: ReferenceValue, value: ReferenceValue)] = []
        var flaws: [(flaw: ReferenceValue.Flaw, range: Range<Int>)] = []
        var names: Set<[UInt8]> = []
        skipSpace()
        if !nextIs("}") {
            repeat {
                skipSpace()
                let name = try string()
                skipSpace()
                try expect(":")
                let value = try value(depth: depth)
                members.append((name, value))
                flaws += name.flaws + value.flaws
                if !names.insert(name.string ?? []).inserted { flaws.append((.duplicateName, name.range)) }
            } while take(",")
        }
        try expect("}")
        return ReferenceValue(content: .object(members), range: 0..<0, flaws: flaws)
    }

    private mutating func number() throws(NotJSON) {
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try digits()
        }
    }

    private mutating func digits() throws(NotJSON) {
        guard let first = next, (0x30...0x39).contains(first) else { throw NotJSON() }
        while let digit = next, (0x30...0x39).contains(digit) { place += 1 }
    }

    /// A string by way of UTF-16, in which an escape is one unit and a lone surrogate shows by itself.
    private mutating func string() throws(NotJSON) -> ReferenceValue {
        let start = place
        try expect("\"")
        var units: [UInt16] = []
        while !nextIs("\"") {
            guard let byte = next, byte >= 0x20 else { throw NotJSON() }
            if take("\\") {
                units.append(try escaped())
            } else {
                let run = text[place...].prefix { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5c }
                units += String(decoding: run, as: UTF8.self).utf16
                place = run.endIndex
            }
        }
        try expect("\"")
        var value = ReferenceValue(
            content: .string(Array(String(decoding: units, as: UTF16.self).utf8)), range: start..<place)
        if String(validating: units, as: UTF16.self) == nil { value.flaws.append((.loneSurrogate, value.range)) }
        if units.contains(0) { value.flaws.append((.nul, value.range)) }
        return value
    }

    private mutating func escaped() throws(NotJSON) -> UInt16 {
        for (letter, unit) in [
            ("\"", 0x22), ("\\", 0x5c), ("/", 0x2f), ("b", 0x08), ("f", 0x0c), ("n", 0x0a), ("r", 0x0d), ("t", 0x09),
        ] as [(Unicode.Scalar, UInt16)] where take(letter) { return unit }
        try expect("u")
        let digits = text[place...].prefix(4)
        guard digits.count == 4, !digits.contains(0x2b), !digits.contains(0x2d),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw NotJSON() }
        place += 4
        return unit
    }
}
