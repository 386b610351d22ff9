import JSONRPC
import Testing

@Suite("Excerpts for the log")
struct ExcerptTests {
    @Test(
        "are printable ASCII; all else is told by its number",
        arguments: [
            ([0x20, 0x41, 0x7E], " A~"), ([0x5C, 0x6E], #"\\n"#), ([0x0A, 0x1F, 0x7F], #"\x0a\x1f\x7f"#),
            ([0x00, 0x09, 0x80, 0x9A, 0xA9, 0xFF], #"\x00\x09\x80\x9a\xa9\xff"#), ([], ""),
        ] as [([UInt8], String)])
    func form(bytes: [UInt8], text: String) {
        #expect(excerpt(bytes) == text)
    }

    @Test("end at their limit, and never within a number")
    func limit() {
        #expect(excerpt("abc".utf8, limit: 3) == "abc" && excerpt("abcd".utf8, limit: 3) == "abc")
        #expect(excerpt([0x61, 0x0A, 0x62], limit: 5) == #"a\x0a"# && excerpt([0x61, 0x0A, 0x62], limit: 4) == "a")
        #expect(excerpt([UInt8](repeating: 0x61, count: 300)).utf8.count == 200)
    }
}
