internal import ArgumentParser
internal import AuthAPI
internal import Glibc
internal import Host
internal import MVPAuth
internal import MVPAuthClient
internal import StrictJSON

/// Messages as their state changes.
struct MessagesWatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Shows messages as their state changes, until Ctrl-C.",
        discussion: "What waits at the beginning is shown too. In development each comes with its link.")

    @OptionGroup var interval: IntervalOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    /// What was last seen of a message.
    private struct Sight: Equatable {
        let state: String
        let attempt: Int
    }

    func run() async throws {
        try await connection.withClient(showing: output, isOperator: true) { client throws(AuthClientError) in
            var seen = try await look(client, [:], isFirst: true)
            try await interval.pause.repeating(whenAway: output.show) { () async throws(AuthClientError) in
                seen = try await look(client, seen, isFirst: false)
            }
        }
    }

    /// Shows what has changed, the oldest first. Returns what there is now.
    private func look(
        _ client: AuthClient, _ seen: [MessageID: Sight], isFirst: Bool
    ) async throws(AuthClientError) -> [MessageID: Sight] {
        let (page, json) = try await client.reply(to: ListMessages(limit: PageSize.range.upperBound))
        var now: [MessageID: Sight] = [:]
        var changed: [(OutboxMessage, JSON)] = []
        for (index, message) in page.messages.enumerated() {
            let sight = Sight(state: message.state, attempt: message.attempt)
            now[message.id] = sight
            let isOpen = message.dueAt != nil
            guard isFirst ? isOpen : seen[message.id] != sight else { continue }
            changed.append((message, json["messages"]?[index] ?? .null))
        }
        let mailbox = changed.contains { $0.0.attempt > 0 } ? await client.mailbox() : []
        for (message, json) in changed.reversed() {
            let link = mailbox.first { $0.id == message.id }?.link
            show(message, json, after: seen[message.id]?.state, link: link)
        }
        return now
    }

    private func show(_ message: OutboxMessage, _ json: JSON, after state: String?, link: Secret?) {
        guard !output.json else {
            var json = json
            json["link"] = (link?.reveal()).map(JSON.string)
            return output.show(json)
        }
        let clock = Timestamp(seconds: SystemTime().now().seconds).description
        var line = "\(clock)  \(message.kind) to \(message.address)  "
        if let state, !state.utf8.elementsEqual(message.state.utf8) { line += "\(state) → " }
        line += message.state
        if message.attempt > 1 { line += ", attempt \(message.attempt)" }
        if let error = message.lastError { line += ": \(error)" }
        StandardStreams.writeLine(printable(line), to: STDOUT_FILENO)
        if let link { StandardStreams.writeLine(printable("  \(link.reveal())"), to: STDOUT_FILENO) }
    }
}
