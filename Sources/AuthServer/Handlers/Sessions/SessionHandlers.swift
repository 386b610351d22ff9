internal import AuthAPI
internal import MVPAuth

extension ListSessions: MethodHandler {
    func answer(to call: Call) -> Answer<[SessionResponse]> {
        .ask { () async throws(AuthError) in
            let principal = try await call.principal(of: self)
            return try await call.system.sessions.list(of: principal.user).map {
                SessionResponse($0, current: principal.session)
            }
        }
    }
}

extension RevokeSession: MethodHandler {
    func answer(to call: Call) -> Answer<Message> {
        .ask { () async throws(AuthError) in
            try await call.system.sessions.revoke(sessionID, of: await call.principal(of: self).user)
            return Messages.sessionRevoked
        }
    }
}
