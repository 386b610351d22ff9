internal import AuthAPI
internal import HummingbirdCore
internal import HTTPTypes
internal import MVPAuth
internal import MVPAuthClient
internal import NIOCore
internal import StrictJSON

/// One REST row: reads the members that the row names and nothing else, calls the method, passes the result on.
///
/// The params are written anew from what was read; no byte of a body is ever copied into a line to the daemon.
struct MethodEndpoint: Sendable {
    let name: String
    let route: RESTRoute
    private let isIdempotent: Bool
    private let isRefresh: Bool
    private let isHashing: Bool
    private let words: RouteWords

    /// Nil for a method without a REST row.
    init?(_ method: any RPCMethod.Type) {
        guard let route = method.spec.rest else { return nil }
        self.route = route
        name = method.spec.name
        isIdempotent = method.spec.isIdempotent
        isRefresh = method == Refresh.self
        isHashing = method.spec.cost == .hashing
        words = RouteWords(route)
    }

    func respond(to call: HTTPCall, pathParameter: Substring?) async throws(Failure) -> Response {
        let (bearer, body) = try await credentials(of: call)
        let params = try params(of: call, bearer, pathParameter, body)
        let key = try idempotencyKey(of: call)
        if isHashing {
            guard call.shim.waitingLogins.enter() else {
                call.shim.meter.count(.waitingLogins)
                throw .busy
            }
        }
        var hashed = false
        defer { if isHashing { call.shim.waitingLogins.leave(hashed: hashed) } }
        let (name, client, isRepeatable) = (name, call.shim.client, isIdempotent || isRefresh && key != nil)
        do throws(AuthClientError) {
            let value = try await client.result(
                of: name, params, isRepeatable: isRepeatable, idempotencyKey: key, trace: call.trace)
            hashed = true
            let body = value.withRawBytes { ByteBuffer(bytes: $0) }
            return .json(status: .init(code: route.status), body)
        } catch {
            hashed = [.invalidCredentials, .emailNotVerified, .userExists].contains(error.known)
            throw failure(error, hasBearer: bearer != nil)
        }
    }

    private func failure(_ error: AuthClientError, hasBearer: Bool) -> Failure {
        var failure = Failure(error, hasBearer: hasBearer)
        failure.fields = words.named(failure.fields)
        guard error.known == .invalidParams, !failure.fields.isEmpty else { return failure }
        return .badInput(failure.fields)
    }

    /// The bearer, which is looked at before anything else is read, and the body, where the row wants them.
    private func credentials(of call: HTTPCall) async throws(Failure) -> (bearer: Secret?, body: JSONValue?) {
        guard route.bodyReplacesBearer else {
            let bearer = route.isProtected ? try BearerToken.of(call.request) : nil
            return (bearer, route.body.isEmpty ? nil : try await body(of: call))
        }
        let bearer = try? BearerToken.of(call.request)
        if JSONBody.isAnnounced(by: call.request) {
            do throws(Failure) {
                let body = try await body(of: call)
                if route.body.contains(where: { body.member(named: $0) != nil }) { return (nil, body) }
            } catch {
                // Whoever presents a bearer may send along whatever the client's library likes to send.
                guard bearer != nil else { throw error }
            }
        }
        guard let bearer else { throw .noBearer }
        return (bearer, nil)
    }

    private func body(of call: HTTPCall) async throws(Failure) -> JSONValue {
        try await JSONBody.object(
            of: call.request, limit: call.shim.configuration.limits.bodyBytes, reading: route.body)
    }

    private func params(
        of call: HTTPCall, _ bearer: Secret?, _ pathParameter: Substring?, _ body: JSONValue?
    ) throws(Failure) -> RawParams {
        var json = JSONWriter(reserving: 512)
        json.beginObject()
        if let bearer { json.member("access_token", bearer.reveal()) }
        if let parameter = route.pathParameter, let pathParameter {
            json.name(parameter)
            json.string(String(pathParameter))
        }
        if let body {
            for name in route.body {
                guard let value = body.member(named: name) else { continue }
                json.name(name)
                do throws(JSONMismatch) {
                    try JSON(value).write(to: &json)
                } catch {
                    throw .badInput([error])
                }
            }
        }
        if route.addsDevice || route.addsAddress {
            let device = ClientDevice(
                call.request, peer: call.peer, trusting: call.shim.configuration.trustedProxies)
            if route.addsDevice { json.member("device_info", ifPresent: device.info?.text) }
            json.member("ip_address", ifPresent: device.address?.text)
        }
        json.endObject()
        return RawParams(json: json)
    }

    /// The caller's `Idempotency-Key`. A refresh without one gets one of ours, so that an answer lost between the shim
    /// and the daemon is no theft.
    ///
    /// Keys of others are other keys: whose it is stands before it. A refresh needs no such name: its key is kept with
    /// the session, and a device that has changed its network meanwhile is still the same.
    private func idempotencyKey(of call: HTTPCall) throws(Failure) -> String? {
        guard let text = call.request.headers[.idempotencyKey] else {
            return isRefresh ? UserID.random(from: SystemEntropy()).description : nil
        }
        guard let key = IdempotencyKey(text) else {
            throw .badInput([.init(IdempotencyKey.header, IdempotencyKey.rule)])
        }
        guard !isRefresh else { return key.text }
        let bearer = route.isProtected ? try? BearerToken.of(call.request) : nil
        // The end of a token is its signature.
        let holder = bearer.map { String(Substring($0.reveal().utf8.suffix(32))) } ?? "-"
        return "\(call.client?.text ?? "-") \(holder) \(key.text)"
    }
}

extension HTTPField.Name {
    static let idempotencyKey = Self(IdempotencyKey.header)!
}
