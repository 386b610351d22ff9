internal import ArgumentParser
internal import AuthAPI
internal import MVPAuthClient
internal import StrictJSON

struct DeleteUserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Deletes an account with everything that is its own.",
        discussion: "There is no way back but a backup. To keep somebody out, disable the account.")

    @OptionGroup var account: UserArgument
    @OptionGroup var confirmation: ConfirmationOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let user = try await connection.withClient(showing: output, isOperator: true) {
            client throws(AuthClientError) in try await account.find(with: client).user
        }
        try confirmation.require("\(user.email) (\(user.id)) and everything of it will be deleted.")
        let done = try await connection.withClient(showing: output, isOperator: true) {
            client throws(AuthClientError) in try await client.call(DeleteUser(userID: user.id, email: user.email))
        }
        output.say(try JSON(showing: done), "\(user.email) was deleted.")
    }
}
