internal import AuthAPI
internal import HummingbirdCore
internal import HTTPTypes
internal import MVPAuthClient
internal import NIOCore

/// The routes that stand beside the REST table.
enum SystemEndpoints {
    /// This process answers.
    static let health = Response.json(ByteBuffer(string: "{\"status\":\"ok\"}"))

    /// The daemon can serve calls.
    static func readiness(_ call: HTTPCall) async throws(Failure) -> Response {
        do {
            _ = try await call.shim.client.call(Health(), trace: call.trace, timeout: .seconds(2))
            return health
        } catch {
            let code = Failure(error, hasBearer: false).code
            var failure = Failure(.serviceUnavailable, code: code, "The daemon cannot serve calls.")
            failure.headers[.retryAfter] = "1"
            failure.cause = error.logLine
            throw failure
        }
    }

    /// Whether a bearer token is alive, for the sub-requests of proxies. Looks at nothing but the header, and says yes
    /// only when the daemon has.
    static func authorization(_ call: HTTPCall) async throws(Failure) -> Response {
        let token = try BearerToken.of(call.request)
        do {
            let payload = try await call.shim.client.call(
                VerifyToken(accessToken: token), trace: call.trace, timeout: .seconds(5))
            var headers: HTTPFields = [.cacheControl: "no-store"]
            headers[.xAuthUser] = payload.sub.description
            headers[.xAuthSession] = payload.sessionID?.description
            return Response(status: .ok, headers: headers)
        } catch {
            throw Failure(error, hasBearer: true)
        }
    }
}

extension HTTPField.Name {
    fileprivate static let xAuthUser = Self("X-Auth-User")!
    fileprivate static let xAuthSession = Self("X-Auth-Session")!
}
