import Hummingbird
import HTTPTypes
import MVPAuth
import MVPAuthClient

/// What a request knows besides itself.
struct AppContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Who makes the request, by the email address of the account.
    var email: String?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
    }
}

/// Lets only those through who present a living access token, and notes who they are.
///
/// One call for each request: a session that was ended a moment ago is refused.
struct BearerMiddleware: RouterMiddleware {
    let auth: AuthClient

    func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        guard let token = Self.token(in: request) else {
            return Self.refusal(.unauthorized, code: "TOKEN_INVALID", "A bearer token is needed.")
        }
        var context = context
        do throws(AuthClientError) {
            context.email = try await auth.currentUser(.accessToken(token)).email
        } catch {
            return Self.refusal(
                .init(code: error.httpStatus), code: error.code, error.message, after: error.retryAfterMilliseconds)
        }
        return try await next(request, context)
    }

    /// The token of `Authorization: Bearer TOKEN` (RFC 6750, section 2.1).
    private static func token(in request: Request) -> Secret? {
        let scheme = "bearer "
        guard let value = request.headers[.authorization],
            value.utf8.count > scheme.utf8.count,
            String(decoding: value.utf8.prefix(scheme.utf8.count), as: UTF8.self).lowercased() == scheme
        else { return nil }
        return Secret(String(decoding: value.utf8.dropFirst(scheme.utf8.count), as: UTF8.self))
    }

    /// The service's error as HTTP has it: 401 with a challenge, 503 where the daemon is away.
    private static func refusal(
        _ status: HTTPResponse.Status, code: String, _ detail: String, after milliseconds: Int? = nil
    ) -> Response {
        var headers: HTTPFields = [.contentType: "application/json", .cacheControl: "no-store"]
        if status == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
        if let milliseconds { headers[.retryAfter] = String(max(1, (milliseconds + 999) / 1000)) }
        if status == .serviceUnavailable && milliseconds == nil { headers[.retryAfter] = "1" }
        let body = json(["code": code, "detail": detail])
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: body)))
    }
}
