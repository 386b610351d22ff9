internal import ArgumentParser
internal import AuthAPI
internal import Glibc
internal import MVPAuth
internal import MVPAuthClient
internal import StrictJSON

struct AddUserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Creates an account.",
        discussion: """
            The password is asked for, or is a line of standard input; it is never an argument, which others could see. \
            With --no-password the owner sets one by a reset: mvp-auth users set-password USER --send-reset.
            """)

    @Argument(help: "The address of the account.")
    var email: String

    @Flag(help: "The address has been proved.")
    var verified = false

    @Flag(help: "The account may not be used yet.")
    var inactive = false

    @Flag(help: "Nobody can sign in until the owner has set a password.")
    var noPassword = false

    @Flag(help: "The line of standard input is a hash that was made elsewhere.")
    var hash = false

    @Option(help: "The identifier, a UUID; a new one when it is left out.")
    var id: String?

    @Option(help: "When the account was made elsewhere: 2026-03-01T12:00:00Z.")
    var createdAt: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard !(hash && noPassword) else { throw ValidationError("--hash and --no-password exclude each other.") }
        guard id.map({ UserID(anyCase: $0) != nil }) ?? true else { throw ValidationError("--id is no UUID.") }
        guard createdAt.map({ Timestamp($0) != nil }) ?? true else {
            throw ValidationError("--created-at is no time such as 2026-03-01T12:00:00Z.")
        }
    }

    func run() async throws {
        let secret = noPassword ? nil : Secret(hash ? try HiddenInput.line(asking: "hash") : try NewPassword.ask())
        let params = CreateUser(
            email: email, password: hash ? nil : secret, passwordHash: hash ? secret : nil, isVerified: verified,
            isActive: !inactive, id: id.flatMap { UserID(anyCase: $0) }, createdAt: createdAt.flatMap { Timestamp($0) })
        let user = try await connection.withClient(showing: output, isOperator: true) {
            client throws(AuthClientError) in try await client.call(params)
        }
        output.say(try JSON(showing: user), "\(user.email) was created: \(user.id).")
    }
}

/// A password that is to be set: asked for twice on a terminal, where nobody sees what is typed.
enum NewPassword {
    static func ask() throws -> String {
        let password = try HiddenInput.line(asking: "password")
        guard isatty(STDIN_FILENO) == 1 else { return password }
        guard try HiddenInput.line(asking: "again").utf8.elementsEqual(password.utf8) else {
            throw ValidationError("The two passwords differ.")
        }
        return password
    }
}
