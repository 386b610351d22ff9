internal import AuthAPI
internal import MVPAuth
package import StrictJSON

/// What the OpenRPC document promises of the answers to calls.
package struct Contract: Sendable {
    private struct Promise {
        let result: JSON
        let errors: Set<String>
    }

    private let promises: [String: Promise]
    /// The schemas of the params, by their names, of each notification.
    private let notifications: [String: [String: JSON]]

    /// The contract of this build.
    package static let own = Contract(OpenRPC.document())

    /// - Parameter document: as `rpc.discover` answers it.
    package init(_ document: JSON) {
        var promises: [String: Promise] = [:]
        for method in document["methods"]?.elements ?? [] {
            guard let name = method["name"]?.string, let schema = method.at("result", "schema") else { continue }
            let errors = (method["errors"]?.elements ?? []).compactMap { error in
                let place = error["$ref"]?.string?.split(separator: "/").last.map(String.init)
                let own = place.flatMap { document.at("components", "errors", $0) } ?? error
                return own.at("data", "code")?.string
            }
            promises[name] = Promise(result: schema, errors: Set(errors))
        }
        self.promises = promises
        var notifications: [String: [String: JSON]] = [:]
        for notification in document["x-notifications"]?.elements ?? [] {
            guard let name = notification["name"]?.string else { continue }
            notifications[name] = [:]
            for param in notification["params"]?.elements ?? [] {
                if let member = param["name"]?.string { notifications[name]?[member] = param["schema"] }
            }
        }
        self.notifications = notifications
    }

    /// What in a result of a method was not promised; empty when all was.
    package func complaints(result: JSON, of method: String) -> [String] {
        guard let promise = promises[method] else { return ["\(method) is in no contract"] }
        return SchemaCheck.complaints(of: result, against: promise.result).map { "\(method): \($0)" }
    }

    /// Whether a method may answer with this error.
    package func complaints(error code: String, of method: String) -> [String] {
        guard let promise = promises[method] else {
            return code == AuthError.Code.methodNotFound.rawValue ? [] : ["\(method) is in no contract"]
        }
        return promise.errors.contains(code) ? [] : ["\(method) does not declare \(code)"]
    }

    /// What is wrong with a line that a server sent.
    ///
    /// - Parameter methods: the methods that were called under an id, which is given as it was written.
    package func complaints(line: [UInt8], methods: ([UInt8]) -> Set<String>) -> [String] {
        var scanner = JSONScanner()
        guard let root = try? line.withUnsafeBytes({ try scanner.scanFlawless($0) }) else {
            return ["not strict JSON: \(String(decoding: line, as: UTF8.self))"]
        }
        let replies = root.kind == .array ? root.elements.map { $0 } : [root]
        return replies.flatMap { complaints(reply: $0, methods: methods) }
    }

    private func complaints(reply value: JSONValue, methods: ([UInt8]) -> Set<String>) -> [String] {
        guard let reply = try? JSON(value), reply["jsonrpc"] == "2.0" else { return ["not a response"] }
        if let method = reply["method"]?.string { return complaints(notification: method, reply["params"]) }
        guard let id = value["id"], (reply["result"] == nil) != (reply["error"] == nil) else {
            return ["neither result nor error, or both: \(String(decoding: reply.text, as: UTF8.self))"]
        }
        let called = methods(id.rawBytes)
        if let error = reply["error"] { return complaints(error: error, of: called) }
        guard let result = reply["result"], !called.isEmpty else { return ["a result of no call"] }
        let complaints = called.map { self.complaints(result: result, of: $0) }
        return complaints.contains([]) ? [] : complaints.first ?? []
    }

    private func complaints(notification name: String, _ params: JSON?) -> [String] {
        guard let promised = notifications[name] else { return ["the notification \(name) is in no contract"] }
        guard case .object(let members)? = params else { return ["\(name) has no params by name"] }
        return members.flatMap { member in
            guard let schema = promised[member.name] else { return ["\(name) does not declare \(member.name)"] }
            return SchemaCheck.complaints(of: member.value, against: schema).map { "\(name): \($0)" }
        }
    }

    private func complaints(error: JSON, of methods: Set<String>) -> [String] {
        guard let number = error["code"]?.int, error["message"]?.string != nil,
            let name = error.at("data", "code")?.string, let code = AuthError.Code(rawValue: name),
            case .bool? = error.at("data", "retryable"), case .bool? = error.at("data", "executed")
        else { return ["an error without its members: \(String(decoding: error.text, as: UTF8.self))"] }
        guard number == code.number else { return ["\(name) is \(code.number), not \(number)"] }
        // What the reader refuses belongs to no method.
        guard !code.isOfReader, !methods.isEmpty else { return [] }
        let complaints = methods.map { self.complaints(error: name, of: $0) }
        return complaints.contains([]) ? [] : complaints.first ?? []
    }
}

extension AuthError.Code {
    fileprivate var isOfReader: Bool {
        switch self {
        case .parseError, .invalidRequest, .methodNotFound, .batchTooLarge: true
        default: false
        }
    }
}
