internal import JSONRPC
public import MVPAuth
public import StrictJSON

/// Why a call has no answer: what the service said, or what happened on the way to it.
public struct AuthClientError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The stable name: one of `AuthError.Code`'s, one of a newer service's, or `UNAVAILABLE`, `CONNECTION_LOST`.
    public let code: String
    /// The JSON-RPC number; 0 when the service did not answer.
    public let number: Int
    public let message: String
    /// What was wrong with the params, member by member.
    public var fields: [AuthError.Field] = []
    /// Whether the same call may succeed later.
    public var isRetryable = false
    public var retryAfterMilliseconds: Int?
    /// On a login that is throttled: what would let the caller through, as `device_token`.
    public var proofs: [String]?
    /// False only when it is certain that nothing was done.
    public var executed: Bool
    /// Names the call in the service's log.
    public var requestID: String?

    public init(code: String, number: Int = 0, message: String, executed: Bool) {
        self.code = code
        self.number = number
        self.message = message
        self.executed = executed
    }

    /// The code, when this version knows it.
    public var known: AuthError.Code? { AuthError.Code(rawValue: code) }

    /// The HTTP status that stands for the error. Numbers of a newer service say it by division.
    public var httpStatus: Int {
        if let known { return known.httpStatus }
        guard (40000..<60000).contains(number) else { return number == 0 ? 503 : 500 }
        return number / 100
    }

    public var description: String {
        let faults = fields.map { "\($0.path) \($0.reason)" }.joined(separator: ", ")
        return "\(code): \(message)" + (faults.isEmpty ? "" : " (\(faults))")
    }
}

extension AuthClientError {
    package static let unavailableCode = "UNAVAILABLE"
    package static let connectionLostCode = "CONNECTION_LOST"

    static func unavailable(_ message: String) -> Self {
        var error = Self(code: unavailableCode, message: message, executed: false)
        error.isRetryable = true
        return error
    }

    static let connectionLost = Self(
        code: connectionLostCode, message: "The connection was lost before the answer came.", executed: true)

    static func local(_ code: AuthError.Code, executed: Bool) -> Self {
        Self(code: code.rawValue, number: code.number, message: code.message, executed: executed)
    }

    init(_ error: RPCErrorObject) {
        // Some other server may leave the name out: the number says it as well.
        let isNamed = !error.data.code.utf8.elementsEqual("UNKNOWN".utf8)
        let numbered = isNamed ? nil : AuthError.Code.allCases.first { $0.number == error.code }
        self.init(
            code: numbered?.rawValue ?? error.data.code, number: error.code, message: error.message,
            executed: error.data.executed)
        fields = error.data.fields ?? []
        isRetryable = error.data.retryable
        retryAfterMilliseconds = error.data.retryAfterMilliseconds
        proofs = error.data.proofs
        requestID = error.data.requestID
    }
}
