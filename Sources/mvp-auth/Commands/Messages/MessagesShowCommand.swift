internal import ArgumentParser
internal import AuthAPI
internal import MVPAuth
internal import MVPAuthClient
internal import StrictJSON

/// All that is known of one message.
struct MessagesShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows one message; in development with its link.")

    @Argument(help: "The message's id.", transform: MessageArgument.id)
    var id: MessageID

    @OptionGroup var times: TimeOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        var (message, json, link) = try await connection.withClient(showing: output, isOperator: true) {
            client throws(AuthClientError) in
            let (message, json) = try await client.reply(to: GetMessage(messageID: id))
            return (message, json, await client.mailbox().first { $0.id == id }?.link)
        }
        json["link"] = (link?.reveal()).map(JSON.string)
        guard !output.json else { return output.show(json) }
        var table = Table([.init(title: "Message"), .init(title: "")])
        let rows: [(String, Table.Cell)] = [
            ("id", .init("\(message.id)")), ("state", .init(message)), ("about", .init(message.kind)),
            ("to", .init(message.address)),
            ("user", .init(message.userID?.description ?? "none")), ("app", .init(message.app ?? "none")),
            ("queued", .init(times.text(of: message.createdAt))), ("tried", .init(Self.times(message.attempt))),
            ("due", .init(times.text(of: message.dueAt, else: "not any more"))),
            ("expires", .init(times.text(of: message.expiresAt))),
        ]
        for row in rows { table.add([.init(row.0, .faint), row.1]) }
        if let settled = message.settledAt { table.add([.init("settled", .faint), .init(times.text(of: settled))]) }
        if let error = message.lastError { table.add([.init("last error", .faint), .init(error)]) }
        if let link { table.add([.init("link", .faint), .init(link.reveal())]) }
        table.show()
    }

    private static func times(_ count: Int) -> String {
        switch count {
        case 0: "never"
        case 1: "once"
        default: "\(count) times"
        }
    }
}
