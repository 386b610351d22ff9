internal import AuthAPI
internal import MVPAuth

extension Register: SuspendingMethod {
    func reply(to call: Call) async throws(AuthError) -> UserResponse {
        UserResponse(try await call.system.users.register(email: email, password: password, for: call.caller))
    }
}

extension VerifyEmail: SuspendingMethod {
    func reply(to call: Call) async throws(AuthError) -> UserResponse {
        UserResponse(try await call.system.users.verifyEmail(token: token))
    }
}

extension ResendVerification: SuspendingMethod {
    func reply(to call: Call) async throws(AuthError) -> Message {
        try await call.system.users.resendVerification(email: email)
        return Messages.verificationSent
    }
}

extension GetCurrentUser: CachedMethod, TokenMethod {
    static func bearing(_ accessToken: Secret) -> GetCurrentUser { GetCurrentUser(accessToken: accessToken) }

    func cachedReply(to call: borrowing Call) throws(AuthError) -> UserResponse? {
        guard let principal = try call.principalFromMemory(of: self) else { return nil }
        return try call.system.users.cachedUser(principal.user).map(UserResponse.init)
    }

    func reply(to call: Call) async throws(AuthError) -> UserResponse {
        UserResponse(try await call.system.users.currentUser(await call.principal(of: self).user))
    }
}

extension FindUser: SuspendingMethod {
    func reply(to call: Call) async throws(AuthError) -> UserResponse {
        UserResponse(try await call.system.users.find(email: email))
    }
}
