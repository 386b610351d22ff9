internal import AuthAPI
internal import MVPAuth

extension Login: MethodHandler {
    var source: String? { ipAddress?.text }

    func answer(to call: Call) -> Answer<TokenPair> {
        .ask { () async throws(AuthError) in
            try await call.system.auth.login(
                email: email, password: password,
                device: .init(
                    info: deviceInfo?.text, ipAddress: ipAddress?.text, token: deviceToken,
                    isRemembered: rememberDevice ?? false),
                for: call.caller)
        }
    }
}

extension Refresh: MethodHandler {
    var source: String? { ipAddress?.text }

    func answer(to call: Call) -> Answer<TokenPair> {
        .ask { () async throws(AuthError) in
            try await call.system.auth.refresh(
                refreshToken, device: .init(info: deviceInfo?.text, ipAddress: ipAddress?.text),
                idempotencyKey: call.idempotencyKey, for: call.caller)
        }
    }
}

extension Logout: MethodHandler {
    func answer(to call: Call) -> Answer<Message> {
        .ask { () async throws(AuthError) in
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
}

extension LogoutAll: MethodHandler {
    func answer(to call: Call) -> Answer<LogoutAllReply> {
        .ask { () async throws(AuthError) in
            LogoutAllReply(revoked: try await call.system.auth.logoutAll(await call.principal(of: self).user))
        }
    }
}

extension VerifyToken: TokenMethod {
    static func bearing(_ accessToken: Secret) -> VerifyToken { VerifyToken(accessToken: accessToken) }

    func answer(to call: Call) throws(AuthError) -> Answer<TokenPayload> {
        if let claims = try call.system.tokens.verifyFromMemory(accessToken.reveal(), for: call.caller) {
            return .known(TokenPayload(claims))
        }
        return .ask { () async throws(AuthError) in
            TokenPayload(try await call.system.tokens.verify(accessToken.reveal(), for: call.caller))
        }
    }
}
