internal import AuthAPI
internal import MVPAuth

/// What a handler may know of a call besides its params.
struct Call: Sendable {
    let system: AuthSystem
    let server: ServerState
    let connection: ConnectionState
    /// The rights of the connection when the call began.
    let rights: PeerRights
    let idempotencyKey: String?

    var caller: Caller { rights.app.caller }

    /// The user that a call acts for.
    ///
    /// Both an access token and a user, or neither, is -32602. Naming a user without the `trusted` role is -32005,
    /// whether or not the user exists.
    func principal(of params: some UserParams) async throws(AuthError) -> Principal {
        switch try bearer(of: params) {
        case .user(let user): Principal(user: user, session: nil)
        case .token(let token): Principal(try await system.tokens.verify(token.reveal(), for: caller))
        }
    }

    /// The same from memory alone. Nil: the store has to be asked.
    func principalFromMemory(of params: some UserParams) throws(AuthError) -> Principal? {
        switch try bearer(of: params) {
        case .user(let user): Principal(user: user, session: nil)
        case .token(let token): try system.tokens.verifyFromMemory(token.reveal(), for: caller).map { Principal($0) }
        }
    }

    private enum Bearer {
        case token(Secret)
        case user(UserID)
    }

    private func bearer(of params: some UserParams) throws(AuthError) -> Bearer {
        switch (params.accessToken, params.userID) {
        case (let token?, nil):
            return .token(token)
        case (nil, let user?):
            guard rights.allows(.trusted) else {
                throw AuthError(.permissionDenied, "user_id needs the role trusted.")
            }
            return .user(user)
        case (nil, nil):
            throw AuthError(.invalidParams, fields: [.init("access_token", "is missing")])
        case (_?, _?):
            throw AuthError(.invalidParams, fields: [.init("user_id", "is not allowed beside access_token")])
        }
    }
}

/// Whom a call acts for.
struct Principal {
    let user: UserID
    let session: SessionID?

    init(user: UserID, session: SessionID?) {
        self.user = user
        self.session = session
    }

    init(_ claims: Claims) {
        self.init(user: claims.subject, session: claims.sessionID)
    }
}
