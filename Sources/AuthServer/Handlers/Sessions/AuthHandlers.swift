internal import AuthAPI
internal import MVPAuth

extension Login: SuspendingMethod {
    func reply(to call: Call) async throws(AuthError) -> TokenPair {
        try await call.system.auth.login(
            email: email, password: password, device: .init(info: deviceInfo?.text, ipAddress: ipAddress?.text),
            for: call.caller)
    }
}

extension Refresh: SuspendingMethod {
    /// The store remembers the key with the rotation itself.
    static var keepsReplies: Bool { false }

    func reply(to call: Call) async throws(AuthError) -> TokenPair {
        try await call.system.auth.refresh(
            refreshToken, device: .init(info: deviceInfo?.text, ipAddress: ipAddress?.text),
            idempotencyKey: call.idempotencyKey, for: call.caller)
    }
}

extension Logout: SuspendingMethod {
    func reply(to call: Call) async throws(AuthError) -> Message {
        switch (accessToken, refreshToken) {
        case (let token?, nil):
            try await call.system.auth.logout(await call.system.tokens.verify(token.reveal(), for: call.caller))
        case (nil, let token?): try await call.system.auth.logout(refreshToken: token, for: call.caller)
        case (nil, nil): throw AuthError(.invalidParams, fields: [.init("access_token", "is missing")])
        case (_?, _?):
            throw AuthError(.invalidParams, fields: [.init("refresh_token", "is not allowed beside access_token")])
        }
        return Messages.loggedOut
    }
}

extension LogoutAll: SuspendingMethod {
    func reply(to call: Call) async throws(AuthError) -> LogoutAllReply {
        LogoutAllReply(revoked: try await call.system.auth.logoutAll(await call.principal(of: self).user))
    }
}

extension VerifyToken: CachedMethod, TokenMethod {
    static func bearing(_ accessToken: Secret) -> VerifyToken { VerifyToken(accessToken: accessToken) }

    func cachedReply(to call: borrowing Call) throws(AuthError) -> TokenPayload? {
        try call.system.tokens.verifyFromMemory(accessToken.reveal(), for: call.caller).map { TokenPayload($0) }
    }

    func reply(to call: Call) async throws(AuthError) -> TokenPayload {
        TokenPayload(try await call.system.tokens.verify(accessToken.reveal(), for: call.caller))
    }
}
