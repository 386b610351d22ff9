internal import ArgumentParser
internal import AuthAPI
internal import MVPAuth
internal import MVPAuthClient
internal import StrictJSON

/// Gives messages up.
struct MessagesDropCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop", abstract: "Gives messages up, so that they are not sent.")

    @Argument(help: "The messages' ids.", transform: MessageArgument.id)
    var ids: [MessageID]

    @OptionGroup var confirmation: ConfirmationOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try confirmation.require(
            ids.count == 1 ? "The message will not be sent." : "\(ids.count) messages will not be sent.")
        try await connection.withClient(showing: output, isOperator: true) { client throws(AuthClientError) in
            for id in ids {
                let (message, json) = try await client.reply(to: DropMessage(messageID: id))
                output.say(json, "\(message.kind) to \(message.address) was given up.")
            }
        }
    }
}
