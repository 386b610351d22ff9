internal import StrictJSON

/// `framing.jsonl`: what is read, in pieces, and what it means.
///
/// A chunk is `text`, or `hex`; with `times` it is repeated so often within one piece. `"@1"` in it stands for the id of
/// the client's first call, `"@2"` for that of its second. After `close` the client has ended the connection.
enum FramingVectors {
    static let rows: [JSON] = [
        row("a line", [text(pong(1))], [answer(1)]),
        row(
            "a line in three pieces", [text("{\"jsonrpc\":\"2.0\","), text("\"id\":\"@1\",\"res"), text(tail)],
            [answer(1)]),
        row("CRLF", [text(String(pong(1).dropLast()) + "\r\n")], [answer(1)]),
        row("blank lines", [text("\n\r\n \n" + pong(1) + "\n")], [answer(1)]),
        row("two answers in one read", [text(pong(1) + pong(2))], [answer(1), answer(2)]),
        row("answers in another order", [text(pong(2)), text(pong(1))], [answer(2), answer(1)]),
        row(
            "a cut inside a character",
            [
                text("{\"jsonrpc\":\"2.0\",\"id\":\"@1\",\"result\":{\"pong\":true,\"x\":\""), ["hex": "f09f"],
                ["hex": "92a9"], text("\"}}\n"),
            ], [["answer": 1, "result": ["pong": true, "x": "\u{1F4A9}"]]]),
        row(
            "1.9 MiB",
            [
                text("{\"jsonrpc\":\"2.0\",\"id\":\"@1\",\"result\":{\"pong\":true,\"x\":\""),
                ["text": "0123456789abcdef", "times": 124_518], text("\"}}\n"),
            ], [["answer": 1]]),
        row(
            "a notification", [text("{\"jsonrpc\":\"2.0\",\"method\":\"later.invented\",\"params\":{}}\n" + pong(1))],
            [["notification": "later.invented"], answer(1)]),
        row(
            "an answer to nobody", [text("{\"jsonrpc\":\"2.0\",\"id\":\"@nobody\",\"result\":1}\n" + pong(1))],
            [answer(1)]),
        row("no JSON", [text("HTTP/1.1 400 Bad Request\r\n")], [["close": true]]),
        row("half a value", [text("{\"jsonrpc\":\"2.0\"\n")], [["close": true]]),
        row("neither an answer nor a notification", [text("{\"jsonrpc\":\"2.0\",\"id\":\"@1\"}\n")], [["close": true]]),
        row("no UTF-8", [["hex": "7b22ff227d0a"]], [["close": true]]),
        row("an answer before what is no JSON", [text(pong(1) + "]\n")], [answer(1), ["close": true]]),
        row(
            "an error that names no call",
            [text("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"Parse error.\"}}\n")],
            [["close": true]]),
    ]

    private static let tail = "ult\":{\"pong\":true}}\n"
    private static func pong(_ call: Int) -> String { "{\"jsonrpc\":\"2.0\",\"id\":\"@\(call)\",\"res" + tail }
    private static func answer(_ call: Int) -> JSON { ["answer": .int(call)] }
    private static func text(_ text: String) -> JSON { ["text": .string(text)] }

    private static func row(_ name: String, _ chunks: [JSON], _ events: [JSON]) -> JSON {
        ["name": .string(name), "chunks": .array(chunks), "events": .array(events)]
    }
}
