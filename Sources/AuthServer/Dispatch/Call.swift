internal import AuthAPI
internal import MVPAuth

/// What a handler may know of a call besides its params.
struct Call: Sendable {
    let system: AuthSystem
    let server: ServerState
    let connection: ConnectionState
    let idempotencyKey: String?

    var app: String { connection.grant.app }

    /// The user that a call acts for.
    ///
    /// Both an access token and a user, or neither, is -32602. Naming a user without the `trusted` role is -32005,
    /// whether or not the user exists.
    func principal(of params: some UserParams) throws(AuthError) -> (user: UserID, session: SessionID?) {
        switch (params.accessToken, params.userID) {
        case (let token?, nil):
            let claims = try system.tokens.verify(token.reveal())
            return (claims.subject, claims.sessionID)
        case (nil, let user?):
            guard connection.grant.allows(.trusted) else {
                throw AuthError(.permissionDenied, "user_id needs the role trusted.")
            }
            return (user, nil)
        case (nil, nil):
            throw AuthError(.invalidParams, fields: [.init("access_token", "is missing")])
        case (_?, _?):
            throw AuthError(.invalidParams, fields: [.init("user_id", "is not allowed beside access_token")])
        }
    }
}
