internal import MVPAuth
internal import StrictJSON

/// `errors.jsonl`: the `error` member of a reply, and what a client makes of it.
///
/// `class` is what the exception is called in languages that have classes. `code` is null where the error says none
/// and its number is not known.
enum ErrorVectors {
    static var rows: [JSON] {
        AuthError.Code.allCases.map(known) + details + unknown
    }

    private static func known(_ code: AuthError.Code) -> JSON {
        row(
            code.rawValue, number: code.number, message: code.message,
            data: [
                "code": .string(code.rawValue), "retryable": .bool(code.isRetryable), "executed": false,
                "request_id": "1f8b7c0a-42",
            ],
            expected: Expected(code))
    }

    /// What an error says besides its code.
    private static let details: [JSON] = {
        var limited = Expected(.rateLimited)
        limited.retryAfter = 1500
        limited.requestID = nil
        var weak = Expected(.passwordValidation)
        weak.fields = [["path": "password", "reason": "must have at least 8 characters"]]
        weak.requestID = nil
        var done = Expected(.storageUnavailable)
        done.executed = true
        done.requestID = nil
        return [
            row(
                "with a time to wait", number: 42901, message: "Too many requests.",
                data: ["code": "RATE_LIMITED", "retryable": true, "executed": false, "retry_after_ms": 1500],
                expected: limited),
            row(
                "with fields", number: 42201, message: "The password is not acceptable.",
                data: [
                    "code": "PASSWORD_VALIDATION", "retryable": false, "executed": false, "fields": .array(weak.fields),
                ], expected: weak),
            row(
                "of unknown fate", number: -32010, message: "The storage is unavailable.",
                data: ["code": "STORAGE_UNAVAILABLE", "retryable": true, "executed": true, "later": [1]],
                expected: done),
        ]
    }()

    /// From a newer service, or from one that says less: what is not said counts as done and as final.
    private static var unknown: [JSON] {
        [(40299, 402), (42999, 429), (59999, 599), (-32099, 500)].map { number, status in
            row(
                "\(number) is of a newer service", number: number, message: "New.",
                data: ["code": "BRAND_NEW", "retryable": false, "executed": false],
                expected: Expected(code: "BRAND_NEW", number: number, status: status, name: "MvpAuthError"))
        } + [
            row(
                "without data.code", number: 40101, message: "Invalid.", data: ["executed": true],
                expected: Expected(.invalidCredentials, executed: true)),
            row(
                "without data", number: 40101, message: "Invalid.", data: nil,
                expected: Expected(.invalidCredentials, executed: true)),
            row(
                "without data, of an unknown number", number: 40999, message: "Odd.", data: nil,
                expected: Expected(code: nil, number: 40999, status: 409, name: "MvpAuthError", executed: true)),
        ]
    }

    private struct Expected {
        var code: String?
        var number: Int
        var status: Int
        var name: String
        var retryable = false
        var executed = false
        var retryAfter: Int?
        var fields: [JSON] = []
        var requestID: String?

        init(code: String?, number: Int, status: Int, name: String, executed: Bool = false) {
            (self.code, self.number, self.status, self.name) = (code, number, status, name)
            self.executed = executed
        }

        init(_ code: AuthError.Code) {
            self.init(code: code.rawValue, number: code.number, status: code.httpStatus, name: code.className)
            retryable = code.isRetryable
            requestID = "1f8b7c0a-42"
        }

        init(_ code: AuthError.Code, executed: Bool) {
            self.init(code)
            self.executed = executed
            requestID = nil
        }
    }

    private static func row(
        _ name: String, number: Int, message: String, data: JSON?, expected: Expected
    ) -> JSON {
        var error: JSON = ["code": .int(number), "message": .string(message)]
        if let data { error["data"] = data }
        return [
            "name": .string(name), "error": error,
            "expected": [
                "class": .string(expected.name), "code": expected.code.map(JSON.string) ?? .null,
                "number": .int(expected.number), "message": .string(message), "status": .int(expected.status),
                "retryable": .bool(expected.retryable), "executed": .bool(expected.executed),
                "retry_after_ms": expected.retryAfter.map(JSON.int) ?? .null, "fields": .array(expected.fields),
                "request_id": expected.requestID.map(JSON.string) ?? .null,
            ],
        ]
    }
}

extension AuthError.Code {
    /// The exception's name: those of the library for its codes.
    var className: String {
        switch self {
        case .invalidVerificationToken: "InvalidVerificationTokenError"
        case .invalidCredentials: "InvalidCredentialsError"
        case .tokenExpired: "TokenExpiredError"
        case .tokenInvalid: "TokenInvalidError"
        case .tokenRevoked: "TokenRevokedError"
        case .tokenReuse: "TokenReuseError"
        case .emailNotVerified: "UserNotVerifiedError"
        case .userInactive: "UserInactiveError"
        case .userNotFound: "UserNotFoundError"
        case .sessionNotFound: "SessionNotFoundError"
        case .userExists: "UserExistsError"
        case .alreadyVerified: "AlreadyVerifiedError"
        case .passwordValidation: "InvalidPasswordError"
        case .validation, .invalidParams, .messageTooLarge: "ValidationError"
        case .rateLimited: "RateLimitedError"
        case .shuttingDown, .notReady, .overloaded, .storageUnavailable: "ServiceUnavailableError"
        case .deadlineExceeded: "DeadlineExceededError"
        case .permissionDenied: "PermissionDeniedError"
        case .unsupportedProtocol, .parseError, .invalidRequest, .methodNotFound, .batchTooLarge: "ProtocolError"
        default: "MvpAuthError"
        }
    }
}
