internal import AuthAPI
package import HTTPTypes
internal import HummingbirdCore
internal import MVPAuth
internal import MVPAuthClient
internal import NIOCore
internal import StrictJSON

/// An answer that is an error: `{"detail", "code"}`, for bad input with `errors`.
package struct Failure: Error, Sendable {
    package let status: HTTPResponse.Status
    let code: String
    let detail: String
    var fields: [AuthError.Field] = []
    var headers: HTTPFields = [:]
    /// What the log is told and the client is not.
    var cause: String?
    /// What was met.
    var limit: ShimLimit?
    /// What a person sees instead.
    var page: Response?
    /// What a 401 asks for.
    private var challenge = BearerToken.Challenge.token

    init(_ status: HTTPResponse.Status, code: String, _ detail: String) {
        self.status = status
        self.code = code
        self.detail = detail
    }

    init(_ code: AuthError.Code, _ detail: String? = nil, fields: [AuthError.Field] = []) {
        self.init(.init(code: code.httpStatus), code: code.rawValue, detail ?? code.message)
        self.fields = fields
    }

    /// An answer of the shim's own.
    init(_ failure: RESTFailure) {
        self.init(.init(code: failure.status), code: failure.code, failure.detail)
    }

    /// What the daemon answered, or that it did not.
    ///
    /// - Parameter hasBearer: whether the call was made with the token of `Authorization`, so that it is to blame.
    init(_ error: AuthClientError, hasBearer: Bool) {
        let isUnreachable = error.number == 0 && error.known == nil
        let away = RESTFailure.unavailable
        self.init(
            .init(code: error.httpStatus), code: isUnreachable ? away.code : error.code,
            isUnreachable ? away.detail : error.message)
        fields = error.fields
        cause = error.logLine
        if status == .tooManyRequests || status == .serviceUnavailable {
            headers[.retryAfter] = "\(max(1, ((error.retryAfterMilliseconds ?? 1000) + 999) / 1000))"
        }
        if hasBearer, error.code.utf8.starts(with: "TOKEN_".utf8) { challenge = .livingToken }
    }

    /// No usable `Authorization` header.
    static let noBearer = Failure(.tokenInvalid, "An Authorization header with one bearer token is needed.")

    /// Bad input, in a sentence that names it.
    static func badInput(_ fields: [AuthError.Field]) -> Failure {
        let complaints = fields.map { "\($0.path) \($0.reason)" }.joined(separator: "; ")
        return Failure(.invalidParams, "The request is not acceptable: \(complaints).", fields: fields)
    }

    var response: Response { page ?? .json(status: status, body, adding: answerHeaders) }

    /// RFC 9110 §11.6.1: every 401 says how to do better.
    private var answerHeaders: HTTPFields {
        guard status == .unauthorized else { return headers }
        var headers = headers
        headers[.wwwAuthenticate] = challenge.text
        return headers
    }

    var body: ByteBuffer {
        var json = JSONWriter()
        json.beginObject()
        json.member("detail", detail)
        json.member("code", code)
        if !fields.isEmpty {
            json.name("errors")
            json.beginArray()
            for field in fields {
                json.element()
                json.beginObject()
                json.member("field", field.path)
                json.member("reason", field.reason)
                json.endObject()
            }
            json.endArray()
        }
        json.endObject()
        return json.withBytes { ByteBuffer(bytes: $0) }
    }
}

extension AuthClientError {
    /// The code and what was said of it, with the name of the call in the daemon's log.
    var logLine: String { "\(code): \(message)" + (requestID.map { " (request \($0) of the daemon)" } ?? "") }
}

extension Response {
    /// An answer that is never stored: it may hold a token.
    static func json(
        status: HTTPResponse.Status = .ok, _ body: ByteBuffer, adding headers: HTTPFields = [:]
    ) -> Response {
        var fields: HTTPFields = [
            .contentType: "application/json; charset=utf-8", .cacheControl: "no-store",
            .xContentTypeOptions: "nosniff",
        ]
        if !headers.isEmpty { fields.append(contentsOf: headers) }
        return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: body))
    }
}
