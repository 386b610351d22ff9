internal import MVPAuth
internal import StrictJSON

/// An error answer of a REST route.
struct RESTFailure {
    let status: Int
    let code: String
    let detail: String
    /// The member to blame in the example; nil where no member is.
    let field: String?

    private init(status: Int, code: String, detail: String, field: String? = nil) {
        self.status = status
        self.code = code
        self.detail = detail
        self.field = field
    }

    init(_ code: AuthError.Code, _ detail: String? = nil, field: String? = nil) {
        self.init(status: code.httpStatus, code: code.rawValue, detail: detail ?? code.message, field: field)
    }

    /// The daemon could not be reached: the shim's own answer.
    static let unavailable = RESTFailure(
        status: 503, code: "UNAVAILABLE", detail: "The service is not available.")
    static let unsupportedMediaType = RESTFailure(
        status: 415, code: "UNSUPPORTED_MEDIA_TYPE", detail: "The body must be application/json.")

    /// Everything that a route can answer besides its result.
    static func all(of method: MethodDescription, _ route: RESTRoute) -> [RESTFailure] {
        let codes = method.spec.errors.filter { $0 != .userNotFound || route.isProtected }
        var failures = codes.map { code in
            switch code {
            case .passwordValidation:
                RESTFailure(code, field: route.body.first { $0.utf8.elementsEqual("password".utf8) } ?? "new_password")
            case .validation: RESTFailure(code, field: "email")
            default: RESTFailure(code, method.spec.message(of: code))
            }
        }
        if !route.body.isEmpty {
            failures += [RESTFailure(.parseError), RESTFailure(.messageTooLarge), unsupportedMediaType]
        }
        if let field = route.body.first ?? route.pathParameter {
            failures.append(RESTFailure(.invalidParams, field: field))
        }
        failures += [unavailable, RESTFailure(.storageUnavailable), RESTFailure(.notReady), RESTFailure(.shuttingDown)]
        return failures + [
            RESTFailure(.rateLimited), RESTFailure(.overloaded), RESTFailure(.deadlineExceeded),
            RESTFailure(.internalError),
        ]
    }

    private var example: JSON {
        var body: JSON = ["detail": .string(detail), "code": .string(code)]
        if let field { body["errors"] = [["field": .string(field), "reason": "is not acceptable"]] }
        return ["value": body]
    }
}

extension RESTFailure {
    /// The response objects of `failures` by status, in ascending order.
    static func responses(_ failures: [RESTFailure]) -> [JSON.Member] {
        let byStatus = Dictionary(grouping: failures, by: \.status)
        return byStatus.sorted { $0.key < $1.key }.map { JSON.Member("\($0.key)", response($0.key, $0.value)) }
    }

    private static func response(_ status: Int, _ failures: [RESTFailure]) -> JSON {
        var response: JSON = ["description": .string(failures.map(\.code).joined(separator: ", "))]
        switch status {
        case 401 where failures.contains { $0.code.utf8.starts(with: "TOKEN_".utf8) }:
            response["headers"] = ["WWW-Authenticate": ["schema": ["type": "string"]]]
        case 429, 503:
            response["headers"] = ["Retry-After": ["description": "Seconds.", "schema": ["type": "integer"]]]
        default: break
        }
        response["content"] = [
            "application/json": [
                "schema": ["$ref": "#/components/schemas/Error"],
                "examples": .object(failures.map { JSON.Member($0.code, $0.example) }),
            ]
        ]
        return response
    }

    static let schema: JSON = [
        "type": "object", "required": ["detail", "code"],
        "properties": [
            "detail": ["type": "string", "description": "For people."],
            "code": ["type": "string", "description": "For programs: stable."],
            "errors": [
                "type": "array", "description": "What was wrong with the input, member by member.",
                "items": [
                    "type": "object", "required": ["field", "reason"],
                    "properties": ["field": ["type": "string"], "reason": ["type": "string"]],
                ],
            ],
        ],
    ]
}
