internal import StrictJSON

/// Records of comma-separated values under a header (RFC 4180); a line feed alone ends a line too.
struct CSVRecords: RecordSource {
    private let bytes: [UInt8]
    private var position: Int
    private var line = 1
    private var header: [String] = []

    init(_ bytes: [UInt8], from start: Int) throws(TransferProblem) {
        self.bytes = bytes
        position = start
        header = try readRecord() ?? []
        for (index, name) in header.enumerated()
        where header[..<index].contains(where: { $0.utf8.elementsEqual(name.utf8) }) {
            throw TransferProblem("the header names \(name) twice")
        }
    }

    mutating func next() -> (line: Int, record: Result<TransferRecord, TransferProblem>)? {
        let start = line
        do throws(TransferProblem) {
            guard let fields = try readRecord() else { return nil }
            // A blank line.
            if fields.count == 1, fields[0].utf8.isEmpty, header.count > 1 { return next() }
            guard fields.count == header.count else {
                throw TransferProblem("it has \(fields.count) fields, the header \(header.count)")
            }
            let members = zip(header, fields).map { JSON.Member($0, .string($1)) }
            return (start, .success(TransferRecord(members: members)))
        } catch {
            return (start, .failure(error))
        }
    }

    /// The fields of the next record, nil at the end. After a problem the next line is next.
    private mutating func readRecord() throws(TransferProblem) -> [String]? {
        guard position < bytes.count else { return nil }
        var fields: [String] = []
        while true {
            let field = try readField()
            fields.append(field)
            guard position < bytes.count, bytes[position] == UInt8(ascii: ",") else { break }
            position += 1
        }
        endLine()
        return fields
    }

    private mutating func readField() throws(TransferProblem) -> String {
        var field: [UInt8] = []
        if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
            let (start, startLine) = (position, line)
            position += 1
            while true {
                guard position < bytes.count else {
                    (position, line) = (start, startLine)
                    throw fail("a quotation mark is not closed")
                }
                let byte = bytes[position]
                position += 1
                if byte == UInt8(ascii: "\n") { line += 1 }
                guard byte == UInt8(ascii: "\"") else {
                    field.append(byte)
                    continue
                }
                guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { break }
                field.append(byte)
                position += 1
            }
            guard isAtEndOfField else { throw fail("text stands behind a closing quotation mark") }
        } else {
            while !isAtEndOfField {
                guard bytes[position] != UInt8(ascii: "\"") else {
                    throw fail("a quotation mark stands inside a field")
                }
                field.append(bytes[position])
                position += 1
            }
        }
        guard let text = String(validating: field, as: UTF8.self) else { throw fail("it is not UTF-8") }
        return text
    }

    private var isAtEndOfField: Bool {
        guard position < bytes.count else { return true }
        switch bytes[position] {
        case UInt8(ascii: ","), UInt8(ascii: "\n"): return true
        case UInt8(ascii: "\r"): return position + 1 == bytes.count || bytes[position + 1] == UInt8(ascii: "\n")
        default: return false
        }
    }

    private mutating func endLine() {
        if position < bytes.count, bytes[position] == UInt8(ascii: "\r") { position += 1 }
        if position < bytes.count, bytes[position] == UInt8(ascii: "\n") {
            position += 1
            line += 1
        }
    }

    private mutating func fail(_ reason: String) -> TransferProblem {
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
        endLine()
        return TransferProblem(reason)
    }
}
