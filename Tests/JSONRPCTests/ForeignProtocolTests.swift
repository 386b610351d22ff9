import Testing

@testable import JSONRPC

@Suite("Protocols that are not meant for the socket")
struct ForeignProtocolTests {
    private func recognize(_ text: String) -> ForeignProtocol.Recognition {
        ForeignProtocol.recognize(Array(text.utf8))
    }

    private func isRequestLine(_ text: String) -> Bool {
        Array(text.utf8).withUnsafeBytes { ForeignProtocol.isRequestLine($0) }
    }

    @Test("TLS is told by two bytes")
    func tls() {
        #expect(recognize("") == .undecided && recognize("\u{16}") == .undecided)
        #expect(recognize("\u{16}\u{3}") == .foreign(.tls))
        #expect(recognize("\u{16}\u{2}") == .none && recognize("\u{16}\u{4}") == .none)
    }

    @Test(
        "HTTP is told by a method and a space or a tab after it, in any case",
        arguments: ["get", "HEAD", "Post", "proppatch", "pri", "query", "mkcol", "OPTIONS"])
    func methods(method: String) {
        #expect(recognize(method) == .undecided)
        for end in [" ", "\t", " /"] { #expect(recognize(method + end) == .foreign(.http)) }
        for end in ["\n", "\r", ":", "/", "!", "\u{0}", "s ", "1 "] { #expect(recognize(method + end) == .none) }
        #expect(recognize(String(method.dropLast()) + " ") == .none)
        #expect(recognize(String(method.dropLast())) == .undecided)
    }

    @Test("Letters are waited for as long as they may be a method, and nothing else is")
    func undecided() {
        #expect(recognize(String(repeating: "a", count: 11)) == .undecided)
        #expect(recognize(String(repeating: "a", count: 12)) == .none)
        #expect(recognize(String(repeating: "a", count: 11) + " ") == .none)
        for letter in ["a", "z", "A", "Z"] { #expect(recognize(letter) == .undecided) }
        for other in ["@", "[", "`", "{", " ", "1", "\u{0}", "\u{1}", "é"] { #expect(recognize(other) == .none) }
    }

    @Test(
        "A line is one of a request by its end, whatever the method",
        arguments: [
            "FOO / HTTP/1.1", "a b http/0", " \t x y HtTp/9.9", "GET HTTP/1.0", "a  HTTP/2",
        ])
    func requestLine(line: String) {
        #expect(isRequestLine(line))
    }

    @Test(
        "Any other line is none",
        arguments: [
            "", " ", "FOO", "HTTP/1.1", "FOO / HTTP/", "FOO / HTTP/x", "FOO / HTTP/:", "FOO / HTTP//", "FOO / HTXP/1",
            "FOO / HTTP\u{F}1", "FOO / HTTPO1", "FOO / XHTTP/1", "1 / HTTP/1.1", "{ HTTP/1.1", "FOO / HTTP/1.1 x",
            "FOO\t/\tHTTP/1.1",
        ])
    func otherLine(line: String) {
        #expect(!isRequestLine(line))
    }
}
