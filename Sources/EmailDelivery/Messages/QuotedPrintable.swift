/// Text as lines of ASCII, none longer than 76 (RFC 2045 §6.7).
enum QuotedPrintable {
    private static let hexadecimal = Array("0123456789ABCDEF".utf8)
    private static let width = 76

    /// Lines of the text may end with LF or CRLF; those of the result end with CRLF.
    static func encode(_ text: String) -> String {
        var output: [UInt8] = []
        for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            encode(line.last == UInt8(ascii: "\r") ? line.dropLast() : line, into: &output)
            output += "\r\n".utf8
        }
        // What is split has one piece more than line ends.
        output.removeLast(2)
        if !output.suffix(2).elementsEqual("\r\n".utf8) { output += "\r\n".utf8 }
        return String(decoding: output, as: UTF8.self)
    }

    private static func encode(_ line: Substring.UTF8View.SubSequence, into output: inout [UInt8]) {
        encode(Array(line), into: &output)
    }

    private static func encode(_ bytes: [UInt8], into output: inout [UInt8]) {
        // Mail spools put a mark before a line that begins so.
        let beginsLikeMail = bytes.starts(with: "From ".utf8)
        var column = 0
        for (index, byte) in bytes.enumerated() {
            let isLast = index == bytes.count - 1
            let isPlain =
                switch byte {
                case UInt8(ascii: "="): false
                case 0x20, 0x09: !isLast
                default: (0x21...0x7E).contains(byte) && !(index == 0 && beginsLikeMail)
                }
            let code = [UInt8(ascii: "="), hexadecimal[Int(byte >> 4)], hexadecimal[Int(byte & 15)]]
            let piece = isPlain ? [byte] : code
            // A line that goes on ends with a = of its own.
            if column + piece.count > (isLast ? width : width - 1) {
                output += "=\r\n".utf8
                column = 0
            }
            output += piece
            column += piece.count
        }
    }
}
