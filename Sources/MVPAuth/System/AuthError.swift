/// The one error that leaves the process. Its code decides JSON-RPC number, HTTP status and client constant.
public struct AuthError: Error, Sendable, Equatable, CustomStringConvertible {
    public let code: Code
    public let message: String
    public var fields: [Field]
    public var retryAfterMilliseconds: Int?
    /// False only when it is certain that nothing was done.
    public var executed: Bool

    /// What was wrong with one member of the input.
    public struct Field: Sendable, Equatable {
        public let path: String
        public let reason: String

        public init(_ path: String, _ reason: String) {
            self.path = path
            self.reason = reason
        }
    }

    public init(
        _ code: Code, _ message: String? = nil, fields: [Field] = [], retryAfterMilliseconds: Int? = nil,
        executed: Bool = false
    ) {
        self.code = code
        self.message = message ?? code.message
        self.fields = fields
        self.retryAfterMilliseconds = retryAfterMilliseconds
        self.executed = executed
    }

    public var description: String { "\(code.rawValue): \(message)" }
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

        /// The messages of the twelve codes that the Python library has are its texts, word for word: its users' programs
        /// show and compare them.
        private var entry: (number: Int, message: String) {
            switch self {
            case .invalidVerificationToken: (40001, "Invalid verification token")
            case .invalidCredentials: (40101, "Invalid credentials")
            case .tokenExpired: (40102, "Token has expired")
            case .tokenInvalid: (40103, "Token is invalid")
            case .tokenRevoked: (40104, "Token has been revoked")
            case .tokenReuse: (40105, "Refresh token reuse detected")
            case .emailNotVerified: (40301, "Email not verified")
            case .userInactive: (40302, "The user is inactive.")
            case .userNotFound: (40401, "User not found")
            case .sessionNotFound: (40402, "Session not found")
            case .userExists: (40901, "User already exists")
            case .alreadyVerified: (40902, "Email is already verified")
            case .passwordValidation: (42201, "The password is not acceptable.")
            case .validation: (42202, "The input is not acceptable.")
            case .rateLimited: (42901, "Too many requests.")
            case .shuttingDown: (-32001, "The server is shutting down.")
            case .notReady: (-32002, "The server is not ready.")
            case .overloaded: (-32003, "The server is overloaded.")
            case .deadlineExceeded: (-32004, "The deadline has passed.")
            case .permissionDenied: (-32005, "Permission denied.")
            case .messageTooLarge: (-32006, "The message is too large.")
            case .batchTooLarge: (-32007, "The batch is too large.")
            case .unsupportedProtocol: (-32008, "The protocol version is not supported.")
            case .storageUnavailable: (-32010, "The storage is unavailable.")
            case .cancelled: (-32800, "The call was cancelled.")
            case .parseError: (-32700, "Parse error.")
            case .invalidRequest: (-32600, "Invalid request.")
            case .methodNotFound: (-32601, "Method not found.")
            case .invalidParams: (-32602, "Invalid params.")
            case .internalError: (-32603, "Internal error.")
            }
        }

        /// The JSON-RPC number: HTTP status × 100 + n for the domain's errors, JSON-RPC's reserved range for the rest.
        public var number: Int { entry.number }

        /// The default message.
        public var message: String { entry.message }

        /// The HTTP status that REST callers see.
        public var httpStatus: Int {
            switch self {
            case .invalidParams: 422
            case .permissionDenied: 403
            case .messageTooLarge, .batchTooLarge: 413
            case .deadlineExceeded: 504
            case .shuttingDown, .notReady, .overloaded, .storageUnavailable: 503
            case .parseError, .invalidRequest, .unsupportedProtocol: 400
            case .methodNotFound: 404
            case .cancelled: 499
            case .internalError: 500
            default: number / 100
            }
        }

        /// Whether the same call may succeed later.
        public var isRetryable: Bool {
            switch self {
            case .rateLimited, .shuttingDown, .notReady, .overloaded, .deadlineExceeded, .storageUnavailable: true
            default: false
            }
        }
    }
}

extension AuthError {
    /// `INVALID_CREDENTIALS` where somebody changes the password.
    package static let wrongCurrentPassword = AuthError(.invalidCredentials, "Current password is incorrect")

    /// `INVALID_VERIFICATION_TOKEN` where somebody resets the password.
    package static let invalidResetToken = AuthError(.invalidVerificationToken, "Invalid password reset token")
}
