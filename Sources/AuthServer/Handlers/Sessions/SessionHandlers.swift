internal import AuthAPI
internal import MVPAuth

extension ListSessions: SuspendingMethod {
    func reply(to call: Call) async throws(AuthError) -> [SessionResponse] {
        let principal = try await call.principal(of: self)
        return try await call.system.sessions.list(of: principal.user).map {
            SessionResponse($0, current: principal.session)
        }
    }
}

extension RevokeSession: SuspendingMethod {
    func reply(to call: Call) async throws(AuthError) -> Message {
        try await call.system.sessions.revoke(sessionID, of: await call.principal(of: self).user)
        return Messages.sessionRevoked
    }
}
