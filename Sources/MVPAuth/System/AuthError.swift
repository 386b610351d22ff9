public import StrictJSON

/// The one error that leaves the process. Its code decides JSON-RPC number, HTTP status and client constant.
public struct AuthError: Error, Sendable, Equatable, CustomStringConvertible {
    public let code: Code
    public let message: String
    public var fields: [Field]
    public var retryAfterMilliseconds: Int?
    /// On a throttled attempt: what would let the caller through. The same whether or not there is such an account.
    public var proofs: [String]?
    /// False only when it is certain that nothing was done.
    public var executed: Bool

    /// What was wrong with one member of the input.
    public typealias Field = JSONMismatch

    public init(
        _ code: Code, _ message: String? = nil, fields: [Field] = [], retryAfterMilliseconds: Int? = nil,
        proofs: [String]? = nil, executed: Bool = false
    ) {
        self.code = code
        self.message = message ?? code.message
        self.fields = fields
        self.retryAfterMilliseconds = retryAfterMilliseconds
        self.proofs = proofs
        self.executed = executed
    }

    public var description: String { "\(code.rawValue): \(message)" }

    /// Whether a program may try again by itself. A throttled attempt is for a person to repeat.
    public var isRetryable: Bool { code.isRetryable && proofs == nil }
}

extension AuthError {
    /// The stable name of an error: `data.code` on the wire.
    public enum Code: String, Sendable, CaseIterable {
        case invalidVerificationToken = "INVALID_VERIFICATION_TOKEN"
        case invalidCredentials = "INVALID_CREDENTIALS"
        case tokenExpired = "TOKEN_EXPIRED"
        case tokenInvalid = "TOKEN_INVALID"
        case tokenRevoked = "TOKEN_REVOKED"
        case tokenReuse = "TOKEN_REUSE"
        case emailNotVerified = "EMAIL_NOT_VERIFIED"
        case userInactive = "USER_INACTIVE"
        case userNotFound = "USER_NOT_FOUND"
        case sessionNotFound = "SESSION_NOT_FOUND"
        case userExists = "USER_EXISTS"
        case alreadyVerified = "ALREADY_VERIFIED"
        case passwordValidation = "PASSWORD_VALIDATION"
        case validation = "VALIDATION_ERROR"
        case rateLimited = "RATE_LIMITED"

        case shuttingDown = "SHUTTING_DOWN"
        case notReady = "NOT_READY"
        case overloaded = "OVERLOADED"
        case deadlineExceeded = "DEADLINE_EXCEEDED"
        case permissionDenied = "PERMISSION_DENIED"
        case messageTooLarge = "MESSAGE_TOO_LARGE"
        case batchTooLarge = "BATCH_TOO_LARGE"
        case unsupportedProtocol = "UNSUPPORTED_PROTOCOL"
        case storageUnavailable = "STORAGE_UNAVAILABLE"
        case cancelled = "CANCELLED"

        case parseError = "PARSE_ERROR"
        case invalidRequest = "INVALID_REQUEST"
        case methodNotFound = "METHOD_NOT_FOUND"
        case invalidParams = "INVALID_PARAMS"
        case internalError = "INTERNAL_ERROR"

        /// What there is to know of a code: a row each.
        private struct Row {
            let number: Int
            let status: Int
            let message: String
            var isRetryable = false
        }

        /// The messages of the twelve codes that the Python library has are its texts, word for word: its users' programs
        /// show and compare them.
        private var row: Row {
            switch self {
            case .invalidVerificationToken: Row(number: 40001, status: 400, message: "Invalid verification token")
            case .invalidCredentials: Row(number: 40101, status: 401, message: "Invalid credentials")
            case .tokenExpired: Row(number: 40102, status: 401, message: "Token has expired")
            case .tokenInvalid: Row(number: 40103, status: 401, message: "Token is invalid")
            case .tokenRevoked: Row(number: 40104, status: 401, message: "Token has been revoked")
            case .tokenReuse: Row(number: 40105, status: 401, message: "Refresh token reuse detected")
            case .emailNotVerified: Row(number: 40301, status: 403, message: "Email not verified")
            case .userInactive: Row(number: 40302, status: 403, message: "The user is inactive.")
            case .userNotFound: Row(number: 40401, status: 404, message: "User not found")
            case .sessionNotFound: Row(number: 40402, status: 404, message: "Session not found")
            case .userExists: Row(number: 40901, status: 409, message: "User already exists")
            case .alreadyVerified: Row(number: 40902, status: 409, message: "Email is already verified")
            case .passwordValidation: Row(number: 42201, status: 422, message: "The password is not acceptable.")
            case .validation: Row(number: 42202, status: 422, message: "The input is not acceptable.")
            case .rateLimited: Row(number: 42901, status: 429, message: "Too many requests.", isRetryable: true)
            case .shuttingDown:
                Row(number: -32001, status: 503, message: "The server is shutting down.", isRetryable: true)
            case .notReady: Row(number: -32002, status: 503, message: "The server is not ready.", isRetryable: true)
            case .overloaded: Row(number: -32003, status: 503, message: "The server is overloaded.", isRetryable: true)
            case .deadlineExceeded:
                Row(number: -32004, status: 504, message: "The deadline has passed.", isRetryable: true)
            case .permissionDenied: Row(number: -32005, status: 403, message: "Permission denied.")
            case .messageTooLarge: Row(number: -32006, status: 413, message: "The message is too large.")
            case .batchTooLarge: Row(number: -32007, status: 413, message: "The batch is too large.")
            case .unsupportedProtocol:
                Row(number: -32008, status: 400, message: "The protocol version is not supported.")
            case .storageUnavailable:
                Row(number: -32010, status: 503, message: "The storage is unavailable.", isRetryable: true)
            case .cancelled: Row(number: -32800, status: 499, message: "The call was cancelled.")
            case .parseError: Row(number: -32700, status: 400, message: "Parse error.")
            case .invalidRequest: Row(number: -32600, status: 400, message: "Invalid request.")
            case .methodNotFound: Row(number: -32601, status: 404, message: "Method not found.")
            case .invalidParams: Row(number: -32602, status: 422, message: "Invalid params.")
            case .internalError: Row(number: -32603, status: 500, message: "Internal error.")
            }
        }

        /// The JSON-RPC number: HTTP status × 100 + n for the domain's errors, JSON-RPC's reserved range for the rest.
        public var number: Int { row.number }

        /// The default message.
        public var message: String { row.message }

        /// The HTTP status that REST callers see.
        public var httpStatus: Int { row.status }

        /// Whether the same call may succeed later.
        public var isRetryable: Bool { row.isRetryable }
    }
}

extension AuthError {
    /// `INVALID_CREDENTIALS` where somebody changes the password.
    package static let wrongCurrentPassword = AuthError(.invalidCredentials, "Current password is incorrect")

    /// `INVALID_VERIFICATION_TOKEN` where somebody resets the password.
    package static let invalidResetToken = AuthError(.invalidVerificationToken, "Invalid password reset token")
}
