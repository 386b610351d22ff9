internal import ArgumentParser
internal import AuthAPI
internal import MVPAuth
internal import MVPAuthClient
internal import StrictJSON

/// Signed-in devices, from an operator's side.
struct SessionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions", abstract: "Shows and ends sessions.",
        subcommands: [ListSessionsCommand.self, RevokeSessionCommand.self])
}

struct ListSessionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the sessions of an account or of an app, the newest first.")

    @Option(help: "Only those of this account: its address or its identifier.")
    var user: String?

    @Option(help: "Only those that this app began.")
    var app: String?

    @OptionGroup var extent: ListOptions
    @OptionGroup var times: TimeOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard user != nil || app != nil else { throw ValidationError("--user or --app is needed.") }
        guard app.map({ BoundedText<SearchBound>($0) != nil }) ?? true else {
            throw ValidationError("--app is no name of an app.")
        }
    }

    func run() async throws {
        let app = app.flatMap { BoundedText<SearchBound>($0) }
        let (sessions, isCut) = try await connection.withClient(showing: output, isOperator: true) {
            client throws(AuthClientError) in
            var id: UserID?
            if let user { id = try await UserArgument.find(user, with: client).user.id }
            return try await extent.gather { [id] cursor, limit throws(AuthClientError) in
                let page = try await client.call(ListAllSessions(userID: id, app: app, cursor: cursor, limit: limit))
                return (page.sessions, page.next)
            }
        }
        var table = Table([
            .init(title: "session"), .init(title: "user", canShrink: true), .init(title: "state"),
            .init(title: "app", canShrink: true), .init(title: "device", canShrink: true), .init(title: "address"),
            .init(title: "begun"),
            .init(title: "last used"),
        ])
        let now = SystemTime().now()
        for session in sessions {
            table.add([
                .init(session.id.description, .faint), .init(session.userID.description, .faint),
                Self.state(of: session, at: now), .init(session.app ?? "-"), .init(session.deviceInfo ?? "-"),
                .init(session.ipAddress ?? "-"), .init(times.text(of: session.createdAt, at: now)),
                .init(times.text(of: session.lastUsedAt, at: now)),
            ])
        }
        output.show(try sessions.map { try JSON(showing: $0) }, table, else: "No sessions were found.")
        if isCut { ListOptions.sayThereIsMore() }
    }

    private static func state(of session: AdminSession, at now: Timestamp) -> Table.Cell {
        if session.isRevoked { return Table.Cell("ended", .faint) }
        return session.expiresAt <= now ? Table.Cell("expired", .faint) : Table.Cell("live", .good)
    }
}

struct RevokeSessionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Ends one session of an account, at once.")

    @OptionGroup var account: UserArgument

    @Argument(help: "The identifier of the session.")
    var session: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        guard let session = SessionID(anyCase: session) else { throw ValidationError("SESSION is no UUID.") }
        let done = try await connection.withClient(showing: output, isOperator: true) {
            client throws(AuthClientError) in
            try await client.call(
                SignOut(userID: try await account.find(with: client).user.id, sessionID: session))
        }
        output.say(try JSON(showing: done), "The session has ended.")
    }
}
