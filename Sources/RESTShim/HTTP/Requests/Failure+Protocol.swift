internal import HTTPTypes
internal import MVPAuth

/// What can be wrong with a request before any route has seen it. The connection ends with the answer: what follows on
/// it cannot be trusted to be a request.
extension Failure {
    /// RFC 9110 §15.5.1.
    static func malformed(_ detail: String) -> Failure {
        Failure(.badRequest, code: "BAD_REQUEST", detail)
    }

    static let stopping: Failure = {
        var failure = Failure(.shuttingDown)
        failure.headers[.retryAfter] = "1"
        return failure
    }()

    static let endedEarly = malformed("The request ended too early.")

    static func headTimedOut(seconds: Int64) -> Failure {
        timedOut("head", seconds: seconds).meeting(.headSeconds)
    }

    static func bodyTimedOut(seconds: Int64) -> Failure {
        timedOut("body", seconds: seconds).meeting(.bodySeconds)
    }

    private static func timedOut(_ what: String, seconds: Int64) -> Failure {
        Failure(
            .requestTimeout, code: "REQUEST_TIMEOUT",
            "The \(what) of the request was not complete after \(seconds) seconds.")
    }

    static func bodyTooLarge(_ limit: Int) -> Failure {
        Failure(.messageTooLarge, "The body is longer than \(limit) bytes.").meeting(.bodyBytes)
    }

    static func targetTooLong(_ limit: Int) -> Failure {
        Failure(.uriTooLong, code: "URI_TOO_LONG", "The request target is longer than \(limit) bytes.")
            .meeting(.targetBytes)
    }

    static func headTooLarge(_ limit: String) -> Failure {
        Failure(
            .requestHeaderFieldsTooLarge, code: "HEADER_FIELDS_TOO_LARGE", "The header fields are more than \(limit)."
        ).meeting(.headerBytes)
    }

    private func meeting(_ limit: ShimLimit) -> Failure {
        var failure = self
        failure.limit = limit
        return failure
    }

    static let unknownExpectation = Failure(
        .expectationFailed, code: "EXPECTATION_FAILED", "The only expectation that can be met is 100-continue.")

    static let unknownCoding = Failure(
        .notImplemented, code: "NOT_IMPLEMENTED", "The only Transfer-Encoding that is understood is chunked.")

    static let unknownMethod = Failure(.notImplemented, code: "NOT_IMPLEMENTED", "The method is not known here.")

    static let unknownVersion = Failure(
        .httpVersionNotSupported, code: "HTTP_VERSION_NOT_SUPPORTED", "The versions are HTTP/1.1 and HTTP/1.0.")

    /// CONNECT: this is no proxy.
    static let noTunnel: Failure = {
        var failure = Failure(
            .methodNotAllowed, code: "METHOD_NOT_ALLOWED", "This server makes no connections to others.")
        failure.headers[.allow] = serverMethods
        return failure
    }()

    /// Too much is on its way already.
    static let busy: Failure = {
        var failure = Failure(.overloaded, "Too many requests are on their way; try again in a moment.")
        failure.headers[.retryAfter] = "1"
        return failure
    }()

    /// Every method that some route takes.
    static let serverMethods = "GET, HEAD, POST, DELETE, OPTIONS"
}
