internal import HTTPTypes
internal import HummingbirdCore
internal import MVPAuth
internal import MVPAuthClient
internal import NIOCore
internal import StrictJSON

/// An answer that is an error: `{"detail", "code"}`, for bad input with `errors`.
struct Failure: Error, Sendable {
    let status: HTTPResponse.Status
    let code: String
    let detail: String
    var fields: [AuthError.Field] = []
    var headers: HTTPFields = [:]
    /// What the log is told and the client is not.
    var cause: String?

    init(_ status: HTTPResponse.Status, code: String, _ detail: String) {
        self.status = status
        self.code = code
        self.detail = detail
    }

    init(_ code: AuthError.Code, _ detail: String? = nil, fields: [AuthError.Field] = []) {
        self.init(.init(code: code.httpStatus), code: code.rawValue, detail ?? code.message)
        self.fields = fields
    }

    /// What the daemon answered, or that it did not.
    init(_ error: AuthClientError) {
        let isUnreachable = error.number == 0 && error.known == nil
        self.init(
            .init(code: error.httpStatus), code: isUnreachable ? AuthClientError.unavailableCode : error.code,
            isUnreachable ? "The service is not available." : error.message)
        fields = error.fields
        cause = error.logLine
        if status == .tooManyRequests || status == .serviceUnavailable {
            headers[.retryAfter] = "\(max(1, ((error.retryAfterMilliseconds ?? 1000) + 999) / 1000))"
        }
        if status == .unauthorized, error.code.utf8.starts(with: "TOKEN_".utf8) {
            headers[.wwwAuthenticate] = BearerToken.challenge + ", error=\"invalid_token\""
        }
    }

    /// No usable `Authorization` header: RFC 6750 §3.1 wants no error code then.
    static let noBearer: Failure = {
        var failure = Failure(.tokenInvalid, "An Authorization header with one bearer token is needed.")
        failure.headers[.wwwAuthenticate] = BearerToken.challenge
        return failure
    }()

    var response: Response { .json(status: status, body, adding: headers) }

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
