/// One pass over one text, leaving a tape of nodes.
///
/// The text is followed by zero bytes. Zero is legal nowhere in JSON, so every loop stops there by itself.
struct TextScan: ~Copyable {
    let text: UnsafePointer<UInt8>
    let end: Int
    let depthLimit: Int
    var position = 0

    init(text: UnsafePointer<UInt8>, end: Int, depthLimit: Int) {
        self.text = text
        self.end = end
        self.depthLimit = depthLimit
    }

    /// The walk: a value, then whatever closes or continues the containers around it, until none is open.
    mutating func run(into tape: inout JSONTape, defects: inout [JSONDefect]) throws(JSONSyntaxError) {
        var open = -1
        var depth = 0
        value: while true {
            let byte = skipSpace()
            switch byte {
            case UInt8(ascii: "\""):
                try string(into: &tape, defects: &defects)
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                let isObject = byte == UInt8(ascii: "{")
                depth += 1
                guard depth <= depthLimit else { throw JSONSyntaxError(JSONSyntaxError.tooDeep, at: position) }
                let parent = open
                open = tape.count
                tape.append(JSONNode(isObject ? .object : .array, start: position, end: 0, next: parent))
                position += 1
                let first = skipSpace()
                if first != (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    if isObject { try name(into: &tape, defects: &defects) }
                    continue value
                }
                position += 1
                depth -= 1
                open = close(open, on: tape)
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                try number(into: &tape)
            case UInt8(ascii: "t"): try literal("true", .bool, flag: true, into: &tape)
            case UInt8(ascii: "f"): try literal("false", .bool, flag: false, into: &tape)
            case UInt8(ascii: "n"): try literal("null", .null, flag: false, into: &tape)
            default: throw unexpected("expected a value")
            }
            while open >= 0 {
                let isObject = tape.base[open].kind == .object
                tape.base[open].countOneMore()
                let byte = skipSpace()
                if byte == UInt8(ascii: ",") {
                    position += 1
                    if isObject {
                        _ = skipSpace()
                        try name(into: &tape, defects: &defects)
                    }
                    continue value
                }
                guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    throw unexpected(isObject ? "expected , or } in an object" : "expected , or ] in an array")
                }
                position += 1
                depth -= 1
                let closed = open
                open = close(closed, on: tape)
                if isObject && tape.base[closed].count > 1 {
                    DuplicateNames.find(in: closed, on: tape, text: text, defects: &defects)
                }
            }
            break
        }
        _ = skipSpace()
        guard position == end else { throw unexpected("expected the end of the text") }
    }

    /// Closes a container and answers its parent, which its node held until now.
    private borrowing func close(_ index: Int, on tape: borrowing JSONTape) -> Int {
        let parent = Int(Int32(truncatingIfNeeded: tape.base[index].next))
        tape.base[index].end = UInt32(truncatingIfNeeded: position)
        tape.base[index].next = UInt32(truncatingIfNeeded: tape.count)
        return parent
    }

    /// Skips white space and answers the byte after it, 0 at the end.
    @inline(__always)
    private mutating func skipSpace() -> UInt8 {
        while true {
            let byte = text[position]
            if byte > 0x20 { return byte }
            guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return byte }
            position &+= 1
        }
    }

    private mutating func name(into tape: inout JSONTape, defects: inout [JSONDefect]) throws(JSONSyntaxError) {
        guard text[position] == UInt8(ascii: "\"") else { throw unexpected("expected a member name") }
        try string(into: &tape, defects: &defects)
        guard skipSpace() == UInt8(ascii: ":") else { throw unexpected("expected : after a member name") }
        position += 1
    }

    private mutating func literal(
        _ word: StaticString, _ kind: JSONKind, flag: Bool, into tape: inout JSONTape
    ) throws(JSONSyntaxError) {
        let start = position
        let length = word.utf8CodeUnitCount
        for offset in 0..<length {
            guard text[position] == word.utf8Start[offset] else { throw unexpected("expected a value") }
            position += 1
        }
        tape.append(JSONNode(kind, start: start, end: position, next: tape.count + 1, flag: flag))
    }

    /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
    private mutating func number(into tape: inout JSONTape) throws(JSONSyntaxError) {
        let start = position
        var isInteger = true
        if text[position] == UInt8(ascii: "-") { position += 1 }
        if text[position] == UInt8(ascii: "0") {
            position += 1
            if isDigit(text[position]) { throw unexpected("leading zero in a number") }
        } else {
            try digits()
        }
        if text[position] == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try digits()
        }
        if text[position] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if text[position] == UInt8(ascii: "+") || text[position] == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        tape.append(JSONNode(.number, start: start, end: position, next: tape.count + 1, flag: isInteger))
    }

    private mutating func digits() throws(JSONSyntaxError) {
        guard isDigit(text[position]) else { throw unexpected("expected a digit") }
        repeat { position += 1 } while isDigit(text[position])
    }

    @inline(__always)
    private borrowing func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    borrowing func unexpected(_ reason: StaticString) -> JSONSyntaxError {
        position >= end ? JSONSyntaxError("unexpected end of the text", at: end) : JSONSyntaxError(reason, at: position)
    }
}
