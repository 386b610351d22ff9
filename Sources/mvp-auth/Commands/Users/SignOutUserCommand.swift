internal import ArgumentParser
internal import AuthAPI
internal import MVPAuthClient
internal import StrictJSON

struct SignOutUserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign-out", abstract: "Ends every session of an account, at once.")

    @OptionGroup var account: UserArgument
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let done = try await connection.withClient(showing: output, isOperator: true) {
            client throws(AuthClientError) in
            try await client.call(SignOut(userID: try await account.find(with: client).user.id))
        }
        output.say(try JSON(showing: done), "\(done.revoked) session(s) ended.")
    }
}
