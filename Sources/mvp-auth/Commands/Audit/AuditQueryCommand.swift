internal import ArgumentParser
internal import AuthAPI
internal import MVPAuth
internal import MVPAuthClient
internal import StrictJSON

/// Events of the past.
struct AuditQueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query", abstract: "Lists events, the newest first.")

    @OptionGroup var filter: AuditFilterOptions

    @Option(
        help: "Only from this time on: 2026-03-01T12:00:00Z, or how long ago, such as 90s, 30m, 12h or 7d.",
        transform: Self.time)
    var since: Timestamp?

    @Option(help: "Only before this time.", transform: Self.time)
    var until: Timestamp?

    @OptionGroup var extent: ListOptions
    @OptionGroup var times: TimeOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let (events, isCut) = try await connection.withClient(showing: output, isOperator: true) {
            client throws(AuthClientError) in
            let user = try await filter.userID(with: client)
            return try await extent.gather { cursor, limit throws(AuthClientError) in
                let page = try await client.call(
                    filter.params(user, since: since, until: until, cursor: cursor, limit: limit))
                return (page.events, page.next)
            }
        }
        var table = Table([
            .init(title: "when"), .init(title: "event"), .init(title: "user", canShrink: true),
            .init(title: "app", canShrink: true),
            .init(title: "uid", isNumber: true), .init(title: "source"), .init(title: "request"),
            .init(title: "detail", canShrink: true),
        ])
        let now = SystemTime().now()
        for event in events {
            table.add([
                .init(times.text(of: event.at, at: now)), .init(event),
                .init(event.userID?.description ?? "-", .faint), .init(event.app), .init("\(event.uid)"),
                .init(event.source ?? "-"), .init(event.requestID ?? "-", .faint), .init(event.detail ?? ""),
            ])
        }
        output.show(try events.map { try JSON(showing: $0) }, table, else: "No events were found.")
        if isCut { ListOptions.sayThereIsMore() }
    }

    /// An instant, or how long ago.
    static func time(_ text: String) throws -> Timestamp {
        if let instant = Timestamp(text) { return instant }
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), text.utf8.count <= 7,
            text.utf8.dropLast().allSatisfy({ (0x30...0x39).contains($0) }), let count = Int64(text.dropLast())
        else { throw ValidationError("\(text) is no time: write 2026-03-01T12:00:00Z, or how long ago, such as 12h.") }
        return SystemTime().now() - count * unit
    }
}

extension Table.Cell {
    /// What happened.
    init(_ event: AuditEvent) {
        let isWarning = [AuthEvent.Kind.tokenReuse, .loginAttack].contains { $0.rawValue == event.event }
        let isFailure = event.outcome == AuthEvent.Outcome.failure.rawValue
        // A failure is said in words too, where the event alone does not say it.
        let says = isFailure && !event.event.utf8.starts(with: "login.".utf8) ? " (failed)" : ""
        self.init(event.event + says, isWarning ? .bad : isFailure ? .attention : nil)
    }
}
