internal import MVPAuth
internal import StrictJSON

/// The error answers of the document.
extension OpenAPI {
    /// The response objects of `failures` by status, in ascending order. What every route answers alike is a reference.
    static func responses(_ failures: [RESTFailure]) -> [JSON.Member] {
        let byStatus = Dictionary(grouping: failures, by: \.status)
        return byStatus.sorted { $0.key < $1.key }.map { status, failures in
            let isCommon = failures.allSatisfy { failure in RouteFailures.common.contains { $0.isLike(failure) } }
            guard isCommon, let shared = sharedNames[status], failures.count == sharedCount(status) else {
                return JSON.Member("\(status)", response(status, failures))
            }
            return JSON.Member("\(status)", ["$ref": "#/components/responses/\(shared)"])
        }
    }

    /// `components/responses`: what every route can answer.
    static var sharedResponses: JSON {
        let byStatus = Dictionary(grouping: RouteFailures.common, by: \.status)
        return .object(
            byStatus.sorted { $0.key < $1.key }.compactMap { status, failures in
                sharedNames[status].map { JSON.Member($0, response(status, failures)) }
            })
    }

    private static let sharedNames = [
        400: "BadRequest", 403: "Forbidden", 405: "MethodNotAllowed", 408: "RequestTimeout", 414: "URITooLong",
        429: "TooManyRequests", 431: "HeadersTooLarge", 500: "InternalError", 503: "Unavailable", 504: "Timeout",
    ]

    private static func sharedCount(_ status: Int) -> Int {
        RouteFailures.common.count { $0.status == status }
    }

    private static func response(_ status: Int, _ failures: [RESTFailure]) -> JSON {
        var response: JSON = ["description": .string(failures.map(\.code).joined(separator: ", "))]
        if let (name, meaning, type) = header(of: status) {
            response["headers"] = .object([
                JSON.Member(name, ["description": .string(meaning), "schema": ["type": .string(type)]])
            ])
        }
        response["content"] = [
            "application/json": [
                "schema": ["$ref": "#/components/schemas/Error"],
                "examples": .object(failures.map { JSON.Member($0.code, example($0)) }),
            ]
        ]
        return response
    }

    /// The header that comes with a status.
    private static func header(of status: Int) -> (name: String, meaning: String, type: String)? {
        switch status {
        case 401: ("WWW-Authenticate", "How to sign in: with a bearer token (RFC 6750 §3).", "string")
        case 405: ("Allow", "The methods of the route.", "string")
        case 429, 503: ("Retry-After", "Seconds until a repetition may succeed.", "integer")
        default: nil
        }
    }

    private static func example(_ failure: RESTFailure) -> JSON {
        var body: JSON = ["detail": .string(failure.detail), "code": .string(failure.code)]
        if let field = failure.field {
            body["errors"] = [["field": .string(field), "reason": "is not acceptable"]]
        }
        return ["value": body]
    }
}
