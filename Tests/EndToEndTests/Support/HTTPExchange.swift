import Foundation
import StrictJSON

/// An HTTP answer as it came.
struct HTTPAnswer {
    let status: Int
    let headers: [(name: String, value: String)]
    let body: [UInt8]

    subscript(name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    var json: JSON? {
        var scanner = JSONScanner()
        return (try? scanner.scan(body)).flatMap { try? JSON($0) }
    }

    var code: String? { json?["code"]?.string }
    var text: String { String(decoding: body, as: UTF8.self) }
}

extension HTTPService {
    /// Sends a request on a connection of its own and reads the answer.
    func send(
        _ verb: String, _ path: String, _ body: String? = nil, token: String? = nil, headers: [String: String] = [:]
    ) async throws -> HTTPAnswer {
        var fields = ["Host": "localhost", "Connection": "close"]
        if body != nil { fields["Content-Type"] = "application/json" }
        if let token { fields["Authorization"] = "Bearer " + token }
        fields.merge(headers) { $1 }
        if let body { fields["Content-Length"] = "\(body.utf8.count)" }
        let head = fields.map { "\($0.key): \($0.value)\r\n" }.joined()
        return try await raw("\(verb) \(path) HTTP/1.1\r\n\(head)\r\n\(body ?? "")")
    }

    /// Sends exactly these bytes and reads one answer.
    func raw(_ request: String) async throws -> HTTPAnswer {
        let wire = try WireSocket(port: port)
        try await wire.send(request)
        return try await Self.answer(from: wire)
    }

    /// - Parameter hasBody: false for an answer to HEAD, which says how long the body would be.
    static func answer(from wire: WireSocket, hasBody: Bool = true) async throws -> HTTPAnswer {
        let start = try await wire.line().split(separator: " ")
        guard start.count >= 2, let status = Int(start[1]) else { throw POSIXError(.EBADMSG) }
        var headers: [(String, String)] = []
        while true {
            let line = try await wire.line().trimmingCharacters(in: CharacterSet(charactersIn: "\r"))
            if line.isEmpty { break }
            let parts = line.split(separator: ":", maxSplits: 1)
            headers.append((String(parts[0]), parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""))
        }
        guard hasBody else { return HTTPAnswer(status: status, headers: headers, body: []) }
        let length = headers.first { $0.0.lowercased() == "content-length" }.flatMap { Int($0.1) } ?? 0
        return HTTPAnswer(status: status, headers: headers, body: try await wire.bytes(length))
    }
}
