internal import ArgumentParser
internal import AuthAPI
internal import Glibc
internal import Host
internal import MVPAuth
internal import MVPAuthClient
internal import StrictJSON

/// The messages of the outbox, the newest first.
struct MessagesListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists messages, the newest first. What is done or dead is there for a day.")

    @Option(
        help: "Only those in this state: pending, leased, done or dead.",
        completion: .list(MessageArgument.names(of: EmailMessage.State.self)), transform: MessageArgument.name)
    var state: EmailMessage.State?

    @Option(
        help: "Only those about this, for example verification_email.",
        completion: .list(MessageArgument.names(of: EmailMessage.Kind.self)), transform: MessageArgument.name)
    var kind: EmailMessage.Kind?

    @Option(name: .customLong("user"), help: "Only those to the user with this id.", transform: MessageArgument.id)
    var userID: UserID?

    @Option(help: "How many at most.")
    var limit = 50

    @OptionGroup var times: TimeOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...1_000_000).contains(limit) else {
            throw ValidationError("--limit must be from 1 to 1000000.")
        }
    }

    func run() async throws {
        let (messages, objects, isCut) = try await connection.withClient(showing: output, isOperator: true) {
            client throws(AuthClientError) in
            try await read(client)
        }
        var table = Table([
            .init(title: "Id"), .init(title: "State"), .init(title: "About"), .init(title: "To", canShrink: true),
            .init(title: "Queued"), .init(title: "Tried", isNumber: true), .init(title: "Due"),
            .init(title: "Last error", canShrink: true),
        ])
        for message in messages {
            table.add([
                .init("\(message.id)"), .init(message), .init(message.kind), .init(message.address),
                .init(times.text(of: message.createdAt)), .init("\(message.attempt)"),
                .init(times.text(of: message.dueAt, else: "")), .init(message.lastError ?? ""),
            ])
        }
        output.show(objects, table, else: "No messages were found.")
        if isCut, !output.json {
            StandardStreams.writeLine("There are more: --limit shows them.", to: STDERR_FILENO)
        }
    }

    private func read(
        _ client: AuthClient
    ) async throws(AuthClientError) -> (messages: [OutboxMessage], objects: [JSON], isCut: Bool) {
        var messages: [OutboxMessage] = []
        var objects: [JSON] = []
        var cursor: String?
        while true {
            let size = min(limit - messages.count, PageSize.range.upperBound)
            let (page, json) = try await client.reply(
                to: ListMessages(state: state, kind: kind, userID: userID, cursor: cursor, limit: size))
            messages += page.messages
            if case .array(let elements) = json["messages"] { objects += elements }
            cursor = page.next
            if cursor == nil || messages.count >= limit { return (messages, objects, cursor != nil) }
        }
    }
}
