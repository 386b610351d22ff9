internal import StrictJSON

/// Finds the values of a JSON document that may be too large to be one tree. Only brackets and strings are looked at;
/// what is found is read strictly afterwards.
struct JSONFile: Sendable {
    let bytes: [UInt8]
    private(set) var position: Int
    private var counted: (position: Int, line: Int)

    init(_ bytes: [UInt8], from start: Int) {
        self.bytes = bytes
        position = start
        counted = (start, 1)
    }

    func at(_ position: Int) -> JSONFile {
        var file = self
        file.position = position
        return file
    }

    /// Asked in the order of the text, so that every line is counted once.
    mutating func line(of position: Int) -> Int {
        let feeds = bytes[counted.position..<max(position, counted.position)].count { $0 == UInt8(ascii: "\n") }
        counted = (max(position, counted.position), counted.line + feeds)
        return counted.line
    }

    private static let broken = TransferProblem("the file is not JSON from here on, or it ends too early")

    var isAtEnd: Bool { position >= bytes.count }

    private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skipSpace() {
        while let byte, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(TransferProblem) {
        skipSpace()
        guard byte == UInt8(ascii: character) else { throw Self.broken }
        position += 1
    }

    /// Goes behind the value that comes next.
    mutating func skipValue() throws(TransferProblem) -> Range<Int> {
        skipSpace()
        let start = position
        var depth = 0
        while let byte {
            switch byte {
            case UInt8(ascii: "\""):
                try skipString()
                if depth == 0 { return start..<position }
                continue
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                if depth == 0 { return try scalar(from: start) }
                depth -= 1
                if depth == 0 {
                    position += 1
                    return start..<position
                }
            case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D:
                if depth == 0 { return try scalar(from: start) }
            default: break
            }
            position += 1
        }
        guard depth == 0 else { throw Self.broken }
        return try scalar(from: start)
    }

    private func scalar(from start: Int) throws(TransferProblem) -> Range<Int> {
        guard start < position else { throw Self.broken }
        return start..<position
    }

    private mutating func skipString() throws(TransferProblem) {
        position += 1
        while let byte {
            position += byte == UInt8(ascii: "\\") ? 2 : 1
            if byte == UInt8(ascii: "\"") { return }
        }
        throw Self.broken
    }

    /// The next element of the array that stands here. Nil: it has ended, and so has the file as far as it is wanted.
    mutating func nextElement(isFirst: Bool) throws(TransferProblem) -> Range<Int>? {
        if isFirst {
            try expect("[")
            skipSpace()
            if byte == UInt8(ascii: "]") { return nil }
        } else {
            skipSpace()
            if byte == UInt8(ascii: "]") { return nil }
            try expect(",")
        }
        return try skipValue()
    }

    /// The members of the object that stands here, with the places of their values.
    func members() throws(TransferProblem) -> [(name: String, value: Range<Int>)] {
        var file = self
        var members: [(name: String, value: Range<Int>)] = []
        try file.expect("{")
        file.skipSpace()
        while file.byte != UInt8(ascii: "}") {
            if !members.isEmpty { try file.expect(",") }
            file.skipSpace()
            guard file.byte == UInt8(ascii: "\"") else { throw Self.broken }
            let name = try file.skipValue()
            try file.expect(":")
            var scanner = JSONScanner()
            guard let text = bytes[name].withUnsafeBytes({ try? scanner.scanFlawless($0) })?.string else {
                throw Self.broken
            }
            members.append((text, try file.skipValue()))
            file.skipSpace()
        }
        return members
    }
}
