internal import HTTPTypes
internal import JSONRPC
internal import Logging
internal import NIOCore
internal import Synchronization

/// Requests in the log: every one in development, and always those that failed for a reason of ours. Never a query, a
/// header or a body.
struct RequestLog: Sendable {
    let logger: Logger
    let logsAll: Bool
    private let ids = RequestIDs()

    private static let longestPath = 200

    init(logger: Logger, logsAll: Bool) {
        self.logger = logger
        self.logsAll = logsAll
    }

    /// Names a request in the log and in its answer. A trusted proxy may have named it already.
    func id(for request: HTTPRequest?, isTrusted: Bool) -> String {
        if isTrusted, let given = request?.headerFields[.xRequestID], RequestIDs.isValid(given) { return given }
        return ids.next()
    }

    func record(_ request: HTTPRequest?, method: String?, status: Int, cause: String?, id: String, start: NIODeadline) {
        let isFailure = status >= 500
        guard isFailure || logsAll else { return }
        let microseconds = (NIODeadline.now() - start).nanoseconds / 1000
        let path = request?.path.map { $0.utf8.prefix { $0 != UInt8(ascii: "?") }.prefix(Self.longestPath) }
        let name = request?.method.rawValue ?? method ?? "-"
        var line = "\(name) \(path.map { String(Substring($0)) } ?? "-") \(status)"
        line += " in \(microseconds / 1000).\(microseconds % 1000 / 100) ms"
        if let cause { line += ": \(cause)" }
        var metadata: Logger.Metadata = ["request_id": "\(id)"]
        if let trace = request.flatMap({ TraceParent($0.headerFields) }) { metadata["trace_id"] = "\(trace.traceID)" }
        logger.log(level: isFailure ? .error : .info, "\(line)", metadata: metadata)
    }
}

/// Names for requests: a random beginning for the process, then a count.
private final class RequestIDs: Sendable {
    private let beginning = String(UInt32.random(in: .min ... .max), radix: 36)
    private let count = Atomic<UInt64>(0)

    func next() -> String {
        let number = count.wrappingAdd(1, ordering: .relaxed).newValue
        return "\(beginning)-\(String(number, radix: 36))"
    }

    static func isValid(_ id: String) -> Bool {
        (1...64).contains(id.utf8.count)
            && id.utf8.allSatisfy {
                $0.isDigit || (0x61...0x7A).contains($0.asciiLowercased) || "-_.".utf8.contains($0)
            }
    }
}

extension HTTPCall {
    /// The trace that the request belongs to.
    var trace: TraceParent? { TraceParent(request.headers) }
}

extension TraceParent {
    /// Several fields name no trace.
    init?(_ fields: HTTPFields) {
        guard let value = fields[.traceparent] else { return nil }
        self.init(value.utf8)
    }
}

extension HTTPField.Name {
    static let xRequestID = Self("X-Request-ID")!
    fileprivate static let traceparent = Self("traceparent")!
}
