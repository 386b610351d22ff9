internal import ArgumentParser
internal import AuthAPI
internal import MVPAuthClient
internal import StrictJSON

struct UnblockUserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unblock", abstract: "Forgets failed attempts to sign in, so that the owner may try again at once."
    )

    @OptionGroup var account: UserArgument
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let done = try await connection.withClient(showing: output, isOperator: true) {
            client throws(AuthClientError) in
            try await client.call(UnblockUser(userID: try await account.find(with: client).user.id))
        }
        output.say(try JSON(showing: done), done.message)
    }
}
