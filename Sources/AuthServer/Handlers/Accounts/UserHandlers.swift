internal import AuthAPI
internal import MVPAuth

extension Register: MethodHandler {
    var source: String? { ipAddress?.text }

    func answer(to call: Call) -> Answer<UserResponse> {
        .ask { () async throws(AuthError) in
            UserResponse(
                try await call.system.users.register(
                    email: email, password: password, ipAddress: ipAddress?.text, for: call.caller))
        }
    }
}

extension VerifyEmail: MethodHandler {
    func answer(to call: Call) -> Answer<UserResponse> {
        .ask { () async throws(AuthError) in UserResponse(try await call.system.users.verifyEmail(token: token)) }
    }
}

extension ResendVerification: MethodHandler {
    func answer(to call: Call) -> Answer<Message> {
        .ask { () async throws(AuthError) in
            try await call.system.users.resendVerification(email: email, for: call.caller)
            return Messages.verificationSent
        }
    }
}

extension GetCurrentUser: TokenMethod {
    static func bearing(_ accessToken: Secret) -> GetCurrentUser { GetCurrentUser(accessToken: accessToken) }

    func answer(to call: Call) throws(AuthError) -> Answer<UserResponse> {
        if let principal = try call.principalFromMemory(of: self),
            let user = try call.system.users.cachedUser(principal.user)
        {
            return .known(UserResponse(user))
        }
        return .ask { () async throws(AuthError) in
            UserResponse(try await call.system.users.currentUser(await call.principal(of: self).user))
        }
    }
}

extension FindUser: MethodHandler {
    func answer(to call: Call) -> Answer<UserResponse> {
        .ask { () async throws(AuthError) in UserResponse(try await call.system.users.find(email: email)) }
    }
}
