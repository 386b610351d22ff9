import NIOCore
import Testing

@testable import RESTShim

/// What the reader makes of a stream of bytes.
struct Reading: Equatable, CustomStringConvertible {
    /// `METHOD path body` of each request that was read.
    var requests: [String] = []
    /// The status of the refusal that ended the reading.
    var refusal: Int?

    var description: String { "\(requests) \(refusal.map(String.init) ?? "goes on")" }

    /// Reads the bytes in pieces of a length.
    init(_ text: String, pieces: Int) {
        var reader = RequestReader(.init(targetBytes: 100, headerBytes: 400, headerFields: 8, bodyBytes: 50))
        var input = ByteBuffer()
        var bytes = Array(text.utf8)[...]
        var head: RequestHead?
        do throws(Failure) {
            while !bytes.isEmpty {
                input.writeBytes(bytes.prefix(pieces))
                bytes = bytes.dropFirst(pieces)
                while true {
                    if head == nil { head = try reader.head(from: &input) }
                    guard let request = head?.request, let body = try reader.body(from: &input) else { break }
                    head = nil
                    requests.append("\(request.method) \(request.path ?? "") \(String(buffer: body))")
                }
            }
        } catch {
            refusal = error.status.code
        }
    }
}

@Suite("Requests in a stream of bytes")
struct RequestReaderTests {
    /// However the bytes were cut, they mean the same.
    private func expect(_ text: String, _ requests: [String], _ refusal: Int? = nil) {
        for pieces in [1, 2, 3, 7, 4096] {
            let reading = Reading(text, pieces: pieces)
            #expect(reading.requests == requests, "\(text.debugDescription) in pieces of \(pieces): \(reading)")
            #expect(reading.refusal == refusal, "\(text.debugDescription) in pieces of \(pieces): \(reading)")
        }
    }

    private static let host = "Host: x\r\n"

    @Test(
        "A request line is a method, a target and a version with one space between",
        arguments: [
            ("GET /a HTTP/1.1", ["GET /a "], nil), ("GET /a?b=c HTTP/1.1", ["GET /a?b=c "], nil),
            ("M-SEARCH /a HTTP/1.1", ["M-SEARCH /a "], nil), ("GET /a HTTP/1.0", ["GET /a "], nil),
            ("GET /a HTTP/1.9", ["GET /a "], nil), ("GET http://y/a HTTP/1.1", ["GET /a "], nil),
            ("GET HTTP://y:80/a?b HTTP/1.1", ["GET /a?b "], nil), ("GET http://y HTTP/1.1", ["GET / "], nil),
            ("GET https://y?b HTTP/1.1", ["GET /?b "], nil), ("GET http://[::1]:80/ HTTP/1.1", ["GET / "], nil),
            ("OPTIONS * HTTP/1.1", ["OPTIONS * "], nil), ("OPTIONS http://y HTTP/1.1", ["OPTIONS * "], nil),
            ("GET * HTTP/1.1", [], 400), ("GET a HTTP/1.1", [], 400), ("GET  /a HTTP/1.1", [], 400),
            ("GET /a  HTTP/1.1", [], 400), ("GET /a HTTP/1.1 ", [], 400), (" GET /a HTTP/1.1", [], 400),
            ("GET\t/a HTTP/1.1", [], 400), ("GET /a", [], 400), ("GET", [], 400), ("GET /a http/1.1", [], 400),
            ("GET /a HTTP/11", [], 400), ("GET /a HTTP/1.", [], 400), ("GET /a HTTP/1.10", [], 400),
            ("GET /a HTTP/1,1", [], 400), ("G@T /a HTTP/1.1", [], 400), ("GET /a#b HTTP/1.1", [], 400),
            ("GET /\u{E4} HTTP/1.1", [], 400), ("GET /a\u{0} HTTP/1.1", [], 400), ("GET /a\u{7F} HTTP/1.1", [], 400),
            ("GET /a\rb HTTP/1.1", [], 400), ("GET http:///a HTTP/1.1", [], 400),
            ("GET http://u@y/ HTTP/1.1", [], 400), ("GET ftp://y/ HTTP/1.1", [], 400),
            ("GET http://y:x/ HTTP/1.1", [], 400), ("GET y:80 HTTP/1.1", [], 400),
            ("GET /a HTTP/2.0", [], 505), ("PRI * HTTP/2.0", [], 505), ("GET /a HTTP/0.9", [], 505),
            ("GET /a HTTP/3.0", [], 505), ("CONNECT y:443 HTTP/1.1", [], 405), ("CONNECT / HTTP/1.0", [], 405),
            ("\u{16}\u{3}\u{1}\u{2}\u{0}", [], 400), ("SSH-2.0-x", [], 400), ("{\"jsonrpc\":\"2.0\"}", [], 400),
        ] as [(String, [String], Int?)])
    func requestLine(line: String, requests: [String], refusal: Int?) {
        expect(line + "\r\n" + Self.host + "\r\n", requests, refusal)
    }

    @Test(
        "A field is a name, a colon and a value on one line",
        arguments: [
            ("X:y", nil), ("X: y", nil), ("X:\ty \t", nil), ("X:", nil), ("X: a:b", nil), ("!#$%&'*+-.^_`|~: y", nil),
            ("X: \u{E4}\u{1F600}", nil), ("X: a\tb", nil), ("X : y", 400), ("X\t: y", 400), (": y", 400), ("X", 400),
            (" X: y", 400), ("\tX: y", 400), ("X: a\r\n b", 400), ("X: a\r\n\tb", 400), ("X: a\u{0}b", 400),
            ("X: a\u{1}", 400), ("X: a\u{7F}", 400), ("X: a\rb", 400), ("X: a\nY: b", 400), ("(X): y", 400),
            ("X Y: z", 400), ("\u{E4}: y", 400), ("Y: " + String(repeating: "y", count: 500), 431),
            ((0..<9).map { "X\($0): y" }.joined(separator: "\r\n"), 431),
            ((0..<9).map { "X: \($0)" }.joined(separator: "\r\n"), 431),
        ] as [(String, Int?)])
    func fields(field: String, refusal: Int?) {
        expect("GET / HTTP/1.1\r\n\(Self.host)\(field)\r\n\r\n", refusal == nil ? ["GET / "] : [], refusal)
    }

    @Test(
        "A host is named once and validly",
        arguments: [
            ("Host: x", nil), ("host:x", nil), ("Host:", nil), ("Host: x:80", nil), ("Host: x:", nil),
            ("Host: [::1]:8080", nil), ("Host: [::ffff:192.0.2.1]", nil), ("Host: 127.0.0.1", nil),
            ("Host: a_b.example", nil), ("Host: x%2Dy", nil), ("", 400), ("Host: x\r\nHost: x", 400),
            ("Host: x\r\nHOST: y", 400), ("Host: x y", 400), ("Host: x, y", 400), ("Host: x,y", 400),
            ("Host: http://x", 400), ("Host: x/", 400), ("Host: u@x", 400), ("Host: x:y", 400), ("Host: x:99999", 400),
            ("Host: [::1", 400), ("Host: ::1", 400), ("Host: [x]", 400), ("Host: [1.2.3.4]", 400), ("Host: x?y", 400),
            ("Host: x\\y", 400), ("Host: \u{E4}", 400), ("Host: %zz", 400), ("Host: [::1]x", 400),
        ] as [(String, Int?)])
    func host(field: String, refusal: Int?) {
        let fields = field.isEmpty ? "" : field + "\r\n"
        expect("GET / HTTP/1.1\r\n\(fields)\r\n", refusal == nil ? ["GET / "] : [], refusal)
        // The target's host is no excuse.
        expect("GET http://x/ HTTP/1.1\r\n\(fields)\r\n", refusal == nil ? ["GET / "] : [], refusal)
    }

    @Test("HTTP/1.0 needs no host, and has not two")
    func legacyHost() {
        expect("GET / HTTP/1.0\r\n\r\n", ["GET / "])
        expect("GET / HTTP/1.0\r\nHost: x\r\nHost: x\r\n\r\n", [], 400)
        expect("GET / HTTP/1.0\r\nHost: x y\r\n\r\n", [], 400)
    }

    @Test(
        "The end of a body is said once",
        arguments: [
            ("Content-Length: 5\r\n\r\nhello", ["POST / hello"], nil), ("Content-Length: 0\r\n\r\n", ["POST / "], nil),
            ("content-length:005\r\n\r\nhello", ["POST / hello"], nil),
            ("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", ["POST / hello"], nil),
            ("Transfer-Encoding: Chunked\r\n\r\n2\r\nhe\r\n0003\r\nllo\r\n000\r\n\r\n", ["POST / hello"], nil),
            ("Transfer-Encoding: , chunked\r\n\r\n0\r\n\r\n", ["POST / "], nil),
            ("Transfer-Encoding: chunked\r\n\r\n5;a=b;c=\"d\"\r\nhello\r\n0;x\r\nT: u\r\n\r\n", ["POST / hello"], nil),
            (
                "Transfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n0\r\nA: b\r\nHost: y\r\n\r\n",
                ["POST / 0123456789"], nil
            ),
            ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", [], 400),
            ("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n", [], 400),
            ("Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", [], 400),
            ("Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", [], 400),
            ("Content-Length: 5, 5\r\n\r\nhello", [], 400), ("Content-Length: +5\r\n\r\nhello", [], 400),
            ("Content-Length: -1\r\n\r\n", [], 400), ("Content-Length: 0x5\r\n\r\nhello", [], 400),
            ("Content-Length: 5 5\r\n\r\nhello", [], 400), ("Content-Length:\r\n\r\n", [], 400),
            ("Content-Length: \u{FF15}\r\n\r\nhello", [], 400), ("Content-Length: 5.0\r\n\r\nhello", [], 400),
            ("Content-Length: 51\r\n\r\n", [], 413), ("Content-Length: 99999999999999999999999\r\n\r\n", [], 413),
            ("Transfer-Encoding: xchunked\r\n\r\n", [], 400), ("Transfer-Encoding: chunked, identity\r\n\r\n", [], 400),
            ("Transfer-Encoding: chunked, chunked\r\n\r\n", [], 400), ("Transfer-Encoding:\r\n\r\n", [], 400),
            ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", [], 400),
            ("Transfer-Encoding: identity\r\n\r\n", [], 400), ("Transfer-Encoding: \"chunked\"\r\n\r\n", [], 400),
            ("Transfer-Encoding: chunked;q=1\r\n\r\n", [], 400), ("Transfer-Encoding: gzip\r\n\r\n", [], 400),
            ("Transfer-Encoding: gzip, chunked\r\n\r\n", [], 501),
            ("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n", [], 501),
        ] as [(String, [String], Int?)])
    func framing(rest: String, requests: [String], refusal: Int?) {
        expect("POST / HTTP/1.1\r\n\(Self.host)\(rest)", requests, refusal)
        // What follows is the next request, or nothing at all.
        expect(
            "POST / HTTP/1.1\r\n\(Self.host)\(rest)GET /next HTTP/1.1\r\n\(Self.host)\r\n",
            refusal == nil ? requests + ["GET /next "] : requests, refusal)
    }

    @Test(
        "A chunk is its size, its bytes and nothing else",
        arguments: [
            "g\r\n", "\r\n", "-1\r\n", "+5\r\nhello\r\n", "0x5\r\nhello\r\n", "5 \r\nhello\r\n", " 5\r\nhello\r\n",
            "5\nhello\r\n", "5\r\nhelloX\r\n", "5\r\nhello\n0\r\n", "5\r\nhello0\r\n", "5;a\u{1}\r\n", "5;a\rb\r\n",
            "5\u{0}\r\n", "0\r\nbad trailer\r\n\r\n", "0\r\n T: u\r\n\r\n", "0\r\nT : u\r\n\r\n",
            "5;" + String(repeating: "a", count: 2000) + "\r\n",
        ])
    func chunks(body: String) {
        expect("POST / HTTP/1.1\r\n\(Self.host)Transfer-Encoding: chunked\r\n\r\n\(body)", [], 400)
    }

    @Test(
        "A chunked body is bounded like any other",
        arguments: ["33\r\n", "fffffffffffffffff\r\n", "ffffffffffffffffffffffffffffffff\r\n", "80000000000000000\r\n"])
    func chunkedLimit(body: String) {
        expect("POST / HTTP/1.1\r\n\(Self.host)Transfer-Encoding: chunked\r\n\r\n\(body)", [], 413)
        let small = String(repeating: "1\r\nx\r\n", count: 51)
        expect("POST / HTTP/1.1\r\n\(Self.host)Transfer-Encoding: chunked\r\n\r\n\(small)", [], 413)
    }

    @Test("HTTP/1.0 has no chunks")
    func legacyChunks() {
        expect("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", [], 400)
    }

    @Test("A target is bounded before its line ends, and so is a method")
    func longLines() {
        let long = String(repeating: "x", count: 200)
        expect("GET /\(long)", [], 414)
        expect("GET /\(long) HTTP/1.1\r\n\(Self.host)\r\n", [], 414)
        expect("GET /\(long.prefix(99)) HTTP/1.1\r\n\(Self.host)\r\n", ["GET /\(long.prefix(99)) "])
        expect(long, [], 501)
        expect("GET / HTTP/1.1\r\nX: " + String(repeating: "x", count: 500), [], 431)
    }

    @Test("Empty lines before a request are ignored, lines that end in LF are not read")
    func lineEnds() {
        expect(
            "\r\n\r\nGET / HTTP/1.1\r\n\(Self.host)\r\n\r\nGET /b HTTP/1.1\r\n\(Self.host)\r\n", ["GET / ", "GET /b "])
        expect("GET / HTTP/1.1\nHost: x\n\n", [], 400)
        expect("\nGET / HTTP/1.1\r\n\(Self.host)\r\n", [], 400)
        expect(String(repeating: "\r\n", count: 50), [], 400)
    }

    @Test(
        "An expectation other than 100-continue cannot be met",
        arguments: [
            ("Expect: 100-continue", nil), ("expect: 100-Continue", nil), ("Expect:", nil), ("Expect: 200-ok", 417),
            ("Expect: 100-continue, x", 417), ("Expect: 100-continue\r\nExpect: y", 417),
            ("Expect: 100-continue=1", 417),
        ] as [(String, Int?)])
    func expectations(field: String, refusal: Int?) {
        expect(
            "POST / HTTP/1.1\r\n\(Self.host)\(field)\r\nContent-Length: 2\r\n\r\nab",
            refusal == nil ? ["POST / ab"] : [], refusal)
        expect("GET / HTTP/1.0\r\n\(field)\r\n\r\n", ["GET / "])
    }

    @Test("To change the protocol is an offer that is not taken")
    func upgrades() {
        let upgrade = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"
        let socket = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        for fields in [upgrade, socket] {
            expect(
                String(repeating: "GET /a HTTP/1.1\r\n\(Self.host)\(fields)\r\n", count: 2), ["GET /a ", "GET /a "])
            expect(
                String(repeating: "POST /a HTTP/1.1\r\n\(Self.host)\(fields)Content-Length: 2\r\n\r\nab", count: 2),
                ["POST /a ab", "POST /a ab"])
        }
    }

    @Test("A connection goes on as its version and its options say")
    func persistence() throws {
        for (version, options, goesOn) in [
            ("1.1", "", true), ("1.1", "Connection: close\r\n", false), ("1.1", "Connection: CLOSE\r\n", false),
            ("1.1", "Connection: keep-alive, close\r\n", false),
            ("1.1", "Connection: x\r\nConnection: close\r\n", false),
            ("1.0", "", false), ("1.0", "Connection: Keep-Alive\r\n", true),
            ("1.0", "Connection: keep-alive, close\r\n", false), ("1.1", "Connection: closed\r\n", true),
        ] {
            var reader = RequestReader(.init(targetBytes: 100, headerBytes: 400, headerFields: 8, bodyBytes: 50))
            var input = ByteBuffer(string: "GET / HTTP/\(version)\r\n\(Self.host)\(options)\r\n")
            #expect(try reader.head(from: &input)?.keepsAlive == goesOn, "\(version) \(options)")
        }
    }
}
