internal import ArgumentParser
internal import AuthAPI
internal import MVPAuth
internal import MVPAuthClient
internal import StrictJSON

/// Has messages sent again that wait or were given up.
struct MessagesRetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Has messages that wait, or were given up, sent now.",
        discussion: """
            All attempts are theirs again. One that has expired stays as it is.

              mvp-auth messages list --state dead --json | jq -r .id | xargs mvp-auth messages retry
            """)

    @Argument(help: "The messages' ids.", transform: MessageArgument.id)
    var ids: [MessageID]

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await connection.withClient(showing: output, isOperator: true) { client throws(AuthClientError) in
            for id in ids {
                let (message, json) = try await client.reply(to: RetryMessage(messageID: id))
                output.say(json, "\(message.kind) to \(message.address) is due now.")
            }
        }
    }
}
