import AuthAPI
import Foundation
import JSONRPC
import MVPAuth
import StrictJSON
import Testing

@testable import MVPAuthClient

/// What the clients of every language are tested by.
@Suite("The vectors of clients")
struct VectorTests {
    private func client(_ server: ScriptedProcess) -> AuthClient {
        var configuration = AuthClient.Configuration()
        configuration.socket = server.path
        return AuthClient(configuration)
    }

    private func outcome(_ body: () async throws(AuthClientError) -> JSONValue) async throws -> JSON {
        let result: JSONValue
        do throws(AuthClientError) {
            result = try await body()
        } catch {
            return ["code": .string(error.code), "executed": .bool(error.executed)]
        }
        return ["result": try JSON(result)]
    }

    @Test("calls are repeated exactly where that cannot do them twice")
    func retries() async throws {
        let server = try ScriptedProcess()
        for row in try ScriptedProcess.rows("retries.jsonl") {
            let name = row["name"]?.string ?? ""
            try server.serve(row["steps"]?.elements ?? [])
            let client = client(server)
            let method = try #require(row["method"]?.string)
            let isRefresh = method.utf8.elementsEqual(Refresh.spec.name.utf8)
            let key = row["key"]?.string ?? (isRefresh ? "a-key-of-its-own" : nil)
            let isIdempotent = MethodDescription.all.contains { $0.spec.name == method && $0.spec.isIdempotent }
            let outcome = try await outcome { () async throws(AuthClientError) in
                try await client.result(
                    of: method, row["params"] ?? .null, isRepeatable: isIdempotent || key != nil, idempotencyKey: key)
            }
            #expect(outcome == row["outcome"], "\(name)")
            #expect(try server.report()["calls"]?.elements.count == row["sends"]?.int, "\(name)")
            await client.close()
        }
    }

    @Test("errors are read for what they say, and no more")
    func errors() throws {
        for row in try ScriptedProcess.rows("errors.jsonl") {
            let name = row["name"]?.string ?? ""
            let expected = try #require(row["expected"])
            var scanner = JSONScanner()
            let value = try scanner.scan(try #require(row["error"]).text)
            let error = AuthClientError(
                try JSONDecoding.decode(RPCErrorObject.self, from: value, unknownMembers: .ignored))
            if let code = expected["code"]?.string { #expect(error.code == code, "\(name)") }
            #expect(error.number == expected["number"]?.int && error.httpStatus == expected["status"]?.int, "\(name)")
            #expect(error.message == expected["message"]?.string, "\(name)")
            #expect(expected["executed"] == .bool(error.executed), "\(name)")
            if error.known == nil || row["error"]?["data"]?["retryable"] != nil {
                #expect(expected["retryable"] == .bool(error.isRetryable), "\(name)")
            }
            #expect(error.retryAfterMilliseconds == expected["retry_after_ms"]?.int, "\(name)")
            #expect(error.requestID == expected["request_id"]?.string, "\(name)")
            let fields = error.fields.map {
                JSON.object([.init("path", .string($0.path)), .init("reason", .string($0.reason))])
            }
            #expect(.array(fields) == expected["fields"], "\(name)")
        }
    }

    @Test("results are read whatever is added to them, left out of them, and however fine their instants are")
    func methods() throws {
        for row in try ScriptedProcess.rows("methods.jsonl") {
            let name = row["name"]?.string ?? ""
            let method = try #require(authAPI.methods.first { $0.spec.name == row["method"]?.string })
            let (params, result) = try again(method, row)
            #expect(params == row["params"], "\(name)")
            expectEqual(result, try #require(row["value"]), name)
        }
    }

    /// The params and the result of a row, after both have been values of this language.
    private func again<Method: RPCMethod>(_ method: Method.Type, _ row: JSON) throws -> (params: JSON, result: JSON) {
        var scanner = JSONScanner()
        func again<T: Codable>(_ type: T.Type, _ json: JSON?) throws -> JSON {
            let value = try scanner.scan(try #require(json).text)
            let decoded = try JSONDecoding.decode(T.self, from: value, unknownMembers: .ignored)
            return try JSON(try scanner.scan(try JSONEncoding.text(of: decoded)))
        }
        return (try again(Method.self, row["params"]), try again(Method.Reply.self, row["result"]))
    }

    private func expectEqual(_ result: JSON, _ value: JSON, _ name: String) {
        switch (result, value) {
        case (.string(let text), .int(let instant)):
            #expect(Timestamp(text)?.microseconds == Int64(instant), "\(name)")
        case (.array(let elements), .array(let values)) where elements.count == values.count:
            for (element, value) in zip(elements, values) { expectEqual(element, value, name) }
        case (.object, .object(let members)):
            for member in members { expectEqual(result[member.name] ?? .null, member.value, name) }
        default: #expect(result == value, "\(name)")
        }
    }

    @Test("Trap 11: answers are found in whatever pieces they come; what is none ends the connection")
    func framing() async throws {
        let server = try ScriptedProcess()
        for row in try ScriptedProcess.rows("framing.jsonl") {
            let name = row["name"]?.string ?? ""
            let events = row["events"]?.elements ?? []
            let count = max(1, events.compactMap { $0["answer"]?.int }.max() ?? 1)
            try server.serve(
                Array(repeating: ["expect": true], count: count)
                    + [["chunks": row["chunks"] ?? [], "answers": .int(count)]])
            let client = client(server)
            var tasks: [Task<JSON, any Error>] = []
            for call in 1...count {
                tasks.append(
                    Task {
                        try await outcome { () async throws(AuthClientError) in
                            try await client.result(
                                of: "system.ping", JSON.object([]), isRepeatable: false, timeout: .seconds(10))
                        }
                    })
                if call < count { _ = try server.report(afterCalls: call) }
            }
            for event in events {
                guard let call = event["answer"]?.int else { continue }
                let outcome = try await tasks[call - 1].value
                #expect(outcome["result"]?["pong"] == true, "\(name)")
                if let result = event["result"] { #expect(outcome["result"] == result, "\(name)") }
            }
            if events.contains(where: { $0["close"] == true }) {
                if !events.contains(where: { $0["answer"] != nil }) {
                    #expect(try await tasks[0].value["code"] == "CONNECTION_LOST", "\(name)")
                }
                for _ in 0..<1000 where try server.report()["open"]?.int != 0 {
                    try await Task.sleep(for: .milliseconds(5))
                }
                #expect(try server.report()["open"]?.int == 0, "\(name)")
            } else {
                #expect(try server.report()["open"]?.int == 1, "\(name)")
            }
            await client.close()
        }
    }

    @Test("Trap 11: text arrives as it was, or does not leave")
    func strings() async throws {
        let server = try ScriptedProcess()
        for row in try ScriptedProcess.rows("strings.jsonl") {
            let name = row["name"]?.string ?? ""
            let units = row["utf16"]?.elements.compactMap { $0.int.map(UInt16.init) } ?? []
            // Text that is none cannot become a `String`.
            let text = String(decoding: units, as: UTF16.self)
            guard !units.isEmpty || row["sent"] == true, text.utf16.elementsEqual(units) else { continue }
            try server.serve([["reply": ["message": "m"]]])
            let client = client(server)
            let outcome = try await outcome { () async throws(AuthClientError) in
                try await client.result(of: ForgotPassword(email: text))
            }
            let calls = try server.report()["calls"]?.elements ?? []
            if row["sent"] == true {
                let received = calls.first?["line"]?["params"]?["email"]?.string ?? "-"
                #expect(received.utf8.elementsEqual(text.utf8), "\(name)")
            } else {
                #expect(outcome == ["code": "INVALID_PARAMS", "executed": false] && calls.isEmpty, "\(name)")
            }
            await client.close()
        }
    }
}
