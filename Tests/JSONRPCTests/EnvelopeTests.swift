import StrictJSON
import Testing

@testable import JSONRPC

@Suite("The envelope")
struct EnvelopeTests {
    /// What a line becomes, in a word.
    private func outcome(_ line: String) -> String {
        var parser = RequestParser()
        func describe(_ item: RequestItem) -> String {
            switch item {
            case .request(let request):
                return request.id.map { "call " + String(decoding: $0.bytes, as: UTF8.self) } ?? "notification"
            case .invalid(let invalid):
                let id = invalid.id.map { String(decoding: $0.bytes, as: UTF8.self) } ?? "null"
                return "\(invalid.error.kind) \(id)"
            case .ignored: return "ignored"
            }
        }
        switch Array(line.utf8).withUnsafeBytes({ parser.parse($0) }) {
        case .single(let item): return describe(item)
        case .batch(let items): return "[" + items.map(describe).joined(separator: ", ") + "]"
        case .error(let error): return "\(error.kind) line"
        case .ignored: return "ignored"
        }
    }

    @Test(
        "is judged as the contract says",
        arguments: [
            (#"{"jsonrpc":"2.0","id":1,"method":"m"}"#, "call 1"),
            (#"{"jsonrpc":"2.0","id":1.0,"method":"m"}"#, "call 1.0"),
            (#"{"jsonrpc":"2.0","id":1e3,"method":"m"}"#, "call 1e3"),
            (#"{"jsonrpc":"2.0","id":18446744073709551616,"method":"m"}"#, "call 18446744073709551616"),
            (#"{"jsonrpc":"2.0","id":"\u0041","method":"m"}"#, #"call "\u0041""#),
            (#"{"jsonrpc":"2.0","id":null,"method":"m"}"#, "call null"),
            (#"{"jsonrpc":"2.0","method":"m"}"#, "notification"),
            (#"{"\u0069d":7,"jsonrpc":"2.0","method":"m"}"#, "call 7"),
            (#"{"jsonrpc":"2.0","id":{},"method":"m"}"#, "envelope null"),
            (#"{"jsonrpc":"2.0","id":[],"method":"m"}"#, "envelope null"),
            (#"{"jsonrpc":"2.0","id":true,"method":"m"}"#, "envelope null"), (#"{"id":5,"method":"m"}"#, "envelope 5"),
            (#"{"jsonrpc":"1.0","id":5,"method":"m"}"#, "envelope 5"),
            (#"{"jsonrpc":2.0,"id":5,"method":"m"}"#, "envelope 5"),
            (#"{"jsonrpc":"2.0","id":5,"method":1}"#, "envelope 5"), (#"{"jsonrpc":"2.0","id":5}"#, "envelope 5"),
            (#"{"jsonrpc":"2.0","id":5,"id":6,"method":"m"}"#, "envelope null"),
            (#"{"jsonrpc":"2.0","id":5,"method":"m","params":1}"#, "envelope 5"),
            (#"{"jsonrpc":"2.0","id":5,"method":"m","params":null}"#, "call 5"),
            (#"{"jsonrpc":"2.0","id":5,"method":"m","params":{"a":1,"a":2}}"#, "params 5"),
            (#"{"jsonrpc":"2.0","id":5,"method":"m","params":["\u0000"]}"#, "params 5"),
            (#"{"jsonrpc":"2.0","id":5,"method":"m","extra":[]}"#, "call 5"),
            (#"{"jsonrpc":"2.0","id":5,"result":1}"#, "ignored"),
            (#"{"jsonrpc":"2.0","id":5,"error":{"code":1,"message":"x"}}"#, "ignored"),
            ("1", "envelope null"), ("\"x\"", "envelope null"), ("null", "envelope null"), ("[]", "envelope line"),
            ("[1]", "[envelope null]"),
            ("{", "syntax line"), ("{} {}", "syntax line"), ("\u{FEFF}{}", "syntax line"), ("[1,]", "syntax line"),
            (#"{"a":"\#u{1}"}"#, "syntax line"),
            (
                #"[{"jsonrpc":"2.0","id":1,"method":"m"},{"jsonrpc":"2.0","method":"m"},{}]"#,
                "[call 1, notification, envelope null]"
            ),
        ])
    func judged(line: String, expected: String) {
        #expect(outcome(line) == expected)
    }

    @Test("has bounds: batch, id, method name, nesting")
    func bounds() {
        let call = #"{"jsonrpc":"2.0","id":1,"method":"m"}"#
        func batch(_ count: Int) -> String { "[" + Array(repeating: call, count: count).joined(separator: ",") + "]" }
        #expect(outcome(batch(100)).hasPrefix("[call 1"))
        #expect(outcome(batch(101)) == "batch line")
        func id(_ length: Int) -> String {
            "{\"jsonrpc\":\"2.0\",\"id\":\"\(String(repeating: "x", count: length))\",\"method\":\"m\"}"
        }
        #expect(outcome(id(254)).hasPrefix("call") && outcome(id(255)).hasPrefix("envelope"))
        func method(_ length: Int) -> String {
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\(String(repeating: "x", count: length))\"}"
        }
        #expect(outcome(method(128)) == "call 1" && outcome(method(129)) != "call 1")
        let deep = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
        #expect(outcome("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":\(deep)}") == "syntax line")
    }

    @Test("thousands of repeated names cost no more than one look at each")
    func manyDuplicates() {
        let repeated = String(repeating: ",\"\":1", count: 12_000)
        #expect(outcome(#"{"jsonrpc":"2.0","id":1,"method":"m""# + repeated + "}") == "envelope 1")
        let ids = String(repeating: #","id":1"#, count: 9_000)
        #expect(outcome(#"{"jsonrpc":"2.0","id":1,"method":"m""# + ids + "}") == "envelope null")
        #expect(outcome(#"{"jsonrpc":"2.0","id":1,"method":"m","x":{"":0"# + ids + "}}") == "envelope 1")
    }

    @Test("the path to a name that is refused can be read by a strict reader", arguments: [#"a\u0000b"#, #"a\ud800b"#])
    func refusedName(name: String) throws {
        var parser = RequestParser()
        let line = #"{"jsonrpc":"2.0","id":1,"method":"m","params":{""# + name + #"":1}}"#
        guard case .single(.invalid(let invalid)) = Array(line.utf8).withUnsafeBytes({ parser.parse($0) }) else {
            Issue.record("\(name) was accepted")
            return
        }
        #expect(invalid.error.fields.first?.path == "a\u{FFFD}b")
        var writer = ResponseWriter()
        writer.error(
            id: invalid.id,
            RPCErrorObject(code: 1, message: "m", data: .init(code: "C", executed: false, fields: invalid.error.fields))
        )
        var scanner = JSONScanner()
        #expect(throws: Never.self) {
            try writer.json.bytes.dropLast().withUnsafeBytes { _ = try scanner.scanFlawless($0) }
        }
    }

    @Test(
        "meta is read strictly, and what it does not know is passed over",
        arguments: [
            (#"{}"#, "call 1"), ("null", "call 1"),
            (#"{"timeout_ms":5,"idempotency_key":"k","traceparent":"t","other":1}"#, "call 1"),
            (#"{"timeout_ms":-1}"#, "params 1"), (#"{"timeout_ms":1.5}"#, "params 1"),
            (#"{"timeout_ms":"5"}"#, "params 1"),
            (#"{"idempotency_key":""}"#, "params 1"), (#"{"idempotency_key":1}"#, "params 1"), ("[]", "params 1"),
            ("1", "params 1"),
        ])
    func meta(meta: String, expected: String) {
        #expect(outcome("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"meta\":\(meta)}") == expected)
    }

    @Test(
        "a trace is taken as W3C Trace Context has it, and passed over otherwise",
        arguments: [
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff", true),
            ("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true),
            ("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-comes", true),
            ("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.what", false),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-", false),
            ("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false),
            ("00-00000000000000000000000000000000-b7ad6b7169203331-01", false),
            ("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", false),
            ("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", false),
            ("00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01", false),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331", false),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g", false),
            (" 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false),
            ("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-\u{E9}", false), ("t", false), ("", false),
        ])
    func trace(text: String, isTaken: Bool) throws {
        var parser = RequestParser()
        let line = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"meta\":{\"traceparent\":\"\(text)\"}}"
        guard case .single(.request(let request)) = Array(line.utf8).withUnsafeBytes({ parser.parse($0) }) else {
            Issue.record("\(text) was refused")
            return
        }
        #expect(request.meta.traceparent?.text == (isTaken ? text : nil))
        #expect(request.meta.traceparent?.traceID == (isTaken ? "0af7651916cd43dd8448eb211c80319c" : nil))
        var writer = RequestWriter()
        try writer.request(id: 1, method: "m", params: [Int](), meta: request.meta)
        #expect(String(decoding: writer.json.bytes, as: UTF8.self).contains("traceparent") == isTaken)
    }

    @Test("answers are one compact line each, batches too")
    func answers() throws {
        var writer = ResponseWriter()
        try writer.success(id: RequestID(Array("1.0".utf8)), result: ["a": 1])
        writer.error(
            id: nil,
            RPCErrorObject(
                code: -32602, message: "Invalid params.",
                data: .init(
                    code: "INVALID_PARAMS", executed: false, requestID: "r",
                    fields: [JSONMismatch("a", "missing")])))
        writer.beginBatch()
        try writer.success(id: RequestID(Array("2".utf8)), result: 1)
        try writer.success(id: RequestID(Array("3".utf8)), result: 2)
        writer.endBatch()
        writer.beginBatch()
        writer.endBatch()
        #expect(
            String(decoding: writer.json.bytes, as: UTF8.self) == """
                {"jsonrpc":"2.0","id":1.0,"result":{"a":1}}
                {"jsonrpc":"2.0","id":null,"error":{"code":-32602,"message":"Invalid params.","data":{"code":"INVALID_PARAMS","retryable":false,"executed":false,"request_id":"r","fields":[{"path":"a","reason":"missing"}]}}}
                [{"jsonrpc":"2.0","id":2,"result":1},{"jsonrpc":"2.0","id":3,"result":2}]

                """)
    }

    @Test("a client writes calls and reads what comes back")
    func client() throws {
        var writer = RequestWriter()
        try writer.request(
            id: 7, method: "m", params: ["a": "b"],
            meta: RequestMeta(timeoutMilliseconds: 5, idempotencyKey: Array("k".utf8)))
        #expect(
            String(decoding: writer.json.bytes, as: UTF8.self)
                == "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"m\",\"params\":{\"a\":\"b\"},\"meta\":{\"timeout_ms\":5,\"idempotency_key\":\"k\"}}\n"
        )
        func read(_ line: String) -> String {
            var parser = ResponseParser()
            switch Array(line.utf8).withUnsafeBytes({ try? parser.parse($0) }) {
            case .result(let id, let value): return "\(id) " + String(decoding: value.rawBytes, as: UTF8.self)
            case .failure(let id, let error): return "\(id ?? -1) \(error.data.code) \(error.data.executed)"
            case .notification(let method, _): return String(decoding: method.bytes, as: UTF8.self)
            case nil: return "nonsense"
            }
        }
        #expect(read(#"{"jsonrpc":"2.0","id":7,"result":{"a": 1.0}}"#) == #"7 {"a": 1.0}"#)
        #expect(
            read(
                #"{"jsonrpc":"2.0","id":7,"error":{"code":1,"message":"x","data":{"code":"C","executed":false,"new":1}}}"#
            ) == "7 C false")
        #expect(
            read(#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"x"}}"#) == "-1 UNKNOWN true",
            "an unknown fate is executed")
        #expect(read(#"{"jsonrpc":"2.0","method":"system.draining"}"#) == "system.draining")
        for line in [
            "{}", "[]", #"{"jsonrpc":"2.0","id":"x","result":1}"#, #"{"jsonrpc":"2.0","id":1,"result":1,"error":{}}"#,
            "x",
        ] {
            #expect(read(line) == "nonsense", "\(line)")
        }
    }
}
