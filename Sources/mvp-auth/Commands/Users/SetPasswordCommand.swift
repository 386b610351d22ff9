internal import ArgumentParser
internal import AuthAPI
internal import MVPAuth
internal import MVPAuthClient
internal import StrictJSON

struct SetPasswordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-password", abstract: "Sets a password and ends every session, or lets the owner set one.",
        discussion: "The password is asked for, or is a line of standard input; it is never an argument.")

    @OptionGroup var account: UserArgument

    @Flag(help: "Sends the owner a message to set a password by, and changes nothing.")
    var sendReset = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let password = sendReset ? nil : Secret(try NewPassword.ask())
        let done = try await connection.withClient(showing: output, isOperator: true) {
            client throws(AuthClientError) in
            let id = try await account.find(with: client).user.id
            return try await client.call(SetPassword(userID: id, password: password))
        }
        output.say(try JSON(showing: done), done.message)
    }
}
