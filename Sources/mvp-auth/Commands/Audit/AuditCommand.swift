internal import ArgumentParser
internal import AuthAPI
internal import MVPAuth
internal import MVPAuthClient

/// Who did what, and what was tried.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Shows who did what, and what was tried.",
        subcommands: [AuditQueryCommand.self, AuditTailCommand.self])
}

/// Which events are wanted.
struct AuditFilterOptions: ParsableArguments {
    @Option(
        help: "Only those of this account: its address or its identifier; what stands for it, once it is deleted.")
    var user: String?

    @Option(
        help: "Only those of this kind, for example login.failed.",
        completion: .list(MessageArgument.names(of: AuthEvent.Kind.self)), transform: MessageArgument.name)
    var event: AuthEvent.Kind?

    @Option(help: "Only what this app asked for.")
    var app: String?

    func validate() throws {
        guard app.map({ BoundedText<SearchBound>($0) != nil }) ?? true else {
            throw ValidationError("--app is no name of an app.")
        }
    }

    /// The account, found by its address if need be.
    func userID(with client: AuthClient) async throws(AuthClientError) -> UserID? {
        guard let user else { return nil }
        // A deleted account is only in the audit.
        if let id = UserID(anyCase: user) { return id }
        return try await UserArgument.find(user, with: client).user.id
    }

    func params(
        _ user: UserID?, since: Timestamp? = nil, until: Timestamp? = nil, cursor: String? = nil, limit: Int
    ) -> QueryAudit {
        QueryAudit(
            userID: user, event: event, app: app.flatMap { BoundedText($0) }, since: since, until: until,
            cursor: cursor, limit: limit)
    }
}
