import Contract
import MVPAuth
import MVPAuthClient
import StrictJSON
import Testing

/// What was said over one connection. Every answer is held against the contract that `rpc.discover` gives.
final class ExchangeLog {
    private var unread: [UInt8] = []
    private var methods: [[UInt8]: Set<String>] = [:]
    /// False once more was sent than is worth keeping: a flood is about other things.
    private var isWhole = true

    private static let longest = 1 << 20

    func sent(_ bytes: [UInt8]) {
        guard isWhole, unread.count + bytes.count <= Self.longest else {
            isWhole = false
            unread = []
            return
        }
        unread += bytes
    }

    func received(_ line: String) {
        guard isWhole else { return }
        for line in unread.split(separator: UInt8(ascii: "\n")) { note(Array(line)) }
        // A last line without an end may go on.
        unread = unread.last == UInt8(ascii: "\n") ? [] : Array(unread.suffix(while: { $0 != UInt8(ascii: "\n") }))
        Self.report(Contract.own.complaints(line: Array(line.utf8)) { methods[$0] ?? [] })
    }

    private func note(_ line: [UInt8]) {
        var scanner = JSONScanner(depthLimit: 256)
        guard let root = try? scanner.scan(line) else { return }
        for call in root.kind == .array ? root.elements.map({ $0 }) : [root] {
            guard let id = call["id"], let method = call["method"]?.string else { continue }
            methods[id.rawBytes, default: []].insert(method)
        }
    }

    /// Holds what a client was answered against the contract.
    static func check(_ method: String, _ answer: Result<JSONValue, AuthClientError>) {
        switch answer {
        case .success(let value):
            report((try? JSON(value)).map { Contract.own.complaints(result: $0, of: method) } ?? ["no tree"])
        case .failure(let error):
            // Number 0: the service did not answer.
            if error.number != 0 { report(Contract.own.complaints(error: error.code, of: method)) }
        }
    }

    static func report(_ complaints: [String]) {
        for complaint in complaints { Issue.record("against the contract: \(complaint)") }
    }
}

extension Array {
    /// The elements at the end that all satisfy a condition.
    fileprivate func suffix(while condition: (Element) -> Bool) -> ArraySlice<Element> {
        self[(lastIndex { !condition($0) }.map { $0 + 1 } ?? startIndex)...]
    }
}
