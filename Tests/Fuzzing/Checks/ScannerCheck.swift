internal import StrictJSON

/// The scanner against the reference reader: what it accepts, what it finds, and that it can be written and read again.
enum ScannerCheck {
    static func run(_ text: [UInt8], depthLimit: Int) throws(BrokenInvariant) {
        let expected = ReferenceReader.read(text, depthLimit: depthLimit)
        var scanner = JSONScanner(depthLimit: depthLimit)
        let value: JSONValue
        do throws(JSONSyntaxError) {
            value = try scanner.scan(text)
        } catch {
            try require(expected == nil, "accepted by the grammar, refused by the scanner: \(error)")
            try require((0...text.count).contains(error.offset), "the fault is at \(error.offset) of \(text.count)")
            return
        }
        guard let expected else { throw BrokenInvariant(description: "accepted by the scanner, not by the grammar") }
        try compare(value, expected, text)
        try compareDefects(of: value, expected, text)
        if expected.flaws.isEmpty { try roundTrip(value, depthLimit: depthLimit) }
    }

    private static func compare(_ value: JSONValue, _ expected: ReferenceValue, _ text: [UInt8]) throws(BrokenInvariant)
    {
        let place = shown(text[expected.range])
        try require(value.rawBytes == Array(text[expected.range]), "\(place) is read as \(shown(value.rawBytes))")
        try require(value.rawCount == expected.range.count, "the length of \(place)")
        switch (expected.content, value.kind) {
        case (.null, .null): break
        case (.bool(let bool), .bool): try require(value.bool == bool, "the truth of \(place)")
        case (.number, .number): try compareNumber(value)
        case (.string(let bytes), .string):
            try require(value.stringBytes == bytes, "\(place) reads \(shown(value.stringBytes ?? []))")
        case (.array(let elements), .array):
            try require(value.count == elements.count, "the number of elements of \(place)")
            for (value, expected) in zip(value.elements, elements) { try compare(value, expected, text) }
        case (.object(let members), .object):
            try require(value.count == members.count, "the number of members of \(place)")
            for (member, expected) in zip(value.members, members) {
                try compare(member.name, expected.name, text)
                try compare(member.value, expected.value, text)
            }
        default: throw BrokenInvariant(description: "\(place) is read as \(value.kind.noun)")
        }
    }

    private static func compareNumber(_ value: JSONValue) throws(BrokenInvariant) {
        let lexeme = String(decoding: value.rawBytes, as: UTF8.self)
        // Swift's own reader takes "-0" for an integer.
        let isNegativeZero = value.rawBytes == Array("-0".utf8)
        try require(value.int == (isNegativeZero ? nil : Int(lexeme)), "\(lexeme) as an integer: \(value.int ?? 0)")
        try require(
            value.uint64 == (value.rawBytes.first == 0x2d ? nil : UInt64(lexeme)), "\(lexeme) as an unsigned integer")
        guard let exact = value.int(allowingIntegralFloat: true) else { return }
        try require(value.double == Double(exact), "\(lexeme) as an integral number: \(exact)")
    }

    private static func compareDefects(
        of value: JSONValue, _ expected: ReferenceValue, _ text: [UInt8]
    ) throws(BrokenInvariant) {
        let document = value.document
        let found = document.defects.map { "\($0.kind) \(shown(document.value(at: $0.node).rawBytes))" }
        let wanted = expected.flaws.map { "\($0.flaw) \(shown(text[$0.range]))" }
        try require(found.sorted() == wanted.sorted(), "defects: \(found), expected \(wanted)")
        for defect in document.defects {
            try require(value.path(to: defect).utf8.count <= 32 * 80, "the path to a defect is long")
        }
    }

    /// A tree writes itself, compact or pretty, as a text that reads as the same tree.
    private static func roundTrip(_ value: JSONValue, depthLimit: Int) throws(BrokenInvariant) {
        // A number beyond every Double has no tree.
        guard let tree = try? JSON(value) else { return }
        for text in [tree.text, tree.prettyText] {
            var scanner = JSONScanner(depthLimit: depthLimit)
            guard let again = text.withUnsafeBytes({ try? scanner.scanFlawless($0) }), let read = try? JSON(again)
            else {
                throw BrokenInvariant(description: "written and not readable: \(shown(text))")
            }
            try require(read == tree, "written and read as another tree: \(shown(text))")
        }
        try require(!tree.text.contains(0x0a), "compact text has a line feed: \(shown(tree.text))")
    }
}
