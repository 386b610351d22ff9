internal import ArgumentParser
internal import AuthAPI
internal import Glibc
internal import Host
internal import MVPAuth
internal import MVPAuthClient
internal import StrictJSON

/// Events as they come.
struct AuditTailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail", abstract: "Shows events as they come, until Ctrl-C.")

    @OptionGroup var filter: AuditFilterOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    /// Seconds that are looked at again each time: what was committed late, or by a daemon whose clock is behind, comes too.
    private static let overlap: Int64 = 30

    func run() async throws {
        // Nobody need be told that it was ended: by Ctrl-C, or because whoever reads has enough.
        for ending in [SIGINT, SIGPIPE] { signal(ending) { _ in _exit(0) } }
        try await connection.withClient(showing: output, isOperator: true) { client throws(AuthClientError) in
            let user = try await filter.userID(with: client)
            var seen: Set<EventID> = []
            // The daemon's clock counts, not ours.
            var latest = try await client.call(QueryAudit(limit: 1)).events.first?.at ?? Timestamp(microseconds: 0)
            for event in try await look(client, user, after: latest) { seen.insert(event.id) }
            try await Duration.seconds(1).repeating(whenAway: output.show) { () async throws(AuthClientError) in
                let events = try await look(client, user, after: latest)
                for event in events.reversed() where !seen.contains(event.id) { show(event) }
                latest = max(latest, events.first?.at ?? latest)
                // What is older is not asked for any more.
                seen = Set(events.map(\.id))
            }
        }
    }

    /// What was noted since a little before that time, the newest first.
    private func look(
        _ client: AuthClient, _ user: UserID?, after latest: Timestamp
    ) async throws(AuthClientError) -> [AuditEvent] {
        var events: [AuditEvent] = []
        var cursor: String?
        repeat {
            let page = try await client.call(
                filter.params(
                    user, since: max(latest - Self.overlap, Timestamp(microseconds: 0)), cursor: cursor,
                    limit: PageSize.range.upperBound))
            events += page.events
            cursor = page.next
        } while cursor != nil
        return events
    }

    private func show(_ event: AuditEvent) {
        if output.json {
            guard let object = try? JSON(showing: event) else { return }
            return output.show(object)
        }
        var line = "\(Timestamp(seconds: event.at.seconds))  \(Table.Cell(event).text)  \(event.app) (uid \(event.uid))"
        if let user = event.userID { line += "  user \(user)" }
        if let source = event.source { line += "  from \(source)" }
        if let request = event.requestID { line += "  request \(request)" }
        if let detail = event.detail { line += "  \(detail)" }
        StandardStreams.writeLine(printable(line), to: STDOUT_FILENO)
    }
}
