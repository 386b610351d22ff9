internal import ArgumentParser
internal import AuthAPI
internal import MVPAuth
internal import MVPAuthClient
internal import StrictJSON

struct EditUserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit", abstract: "Changes the address of an account, or whether it has been proved.",
        discussion: """
            Another address has to be proved by the message that is sent to it, unless --verified vouches for it. Tokens \
            that were mailed to the one before are dead; sessions live on, until: mvp-auth users sign-out USER.
            """)

    @OptionGroup var account: UserArgument

    @Option(help: "The address from now on.")
    var email: String?

    @Flag(inversion: .prefixedNo, help: "Whether the address has been proved.")
    var verified: Bool?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard email != nil || verified != nil else {
            throw ValidationError("There is nothing to change: --email, --verified or --no-verified.")
        }
    }

    func run() async throws {
        try await account.update(email: email, isVerified: verified, over: connection, showing: output) { user in
            "\(user.email) was changed."
        }
    }
}

struct EnableUserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Lets an account be used again. Its sessions stay ended.")

    @OptionGroup var account: UserArgument
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await account.update(isActive: true, over: connection, showing: output) { "\($0.email) is active." }
    }
}

struct DisableUserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Keeps an account from being used, and ends its sessions, at once.")

    @OptionGroup var account: UserArgument
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await account.update(isActive: false, over: connection, showing: output) {
            "\($0.email) is inactive, and signed out everywhere."
        }
    }
}

extension UserArgument {
    fileprivate func update(
        email: String? = nil, isVerified: Bool? = nil, isActive: Bool? = nil, over connection: ConnectionOptions,
        showing output: OutputOptions, _ sentence: (AdminUser) -> String
    ) async throws {
        let user = try await connection.withClient(showing: output, isOperator: true) {
            client throws(AuthClientError) in
            let id = try await find(with: client).user.id
            return try await client.call(
                UpdateUser(userID: id, email: email, isVerified: isVerified, isActive: isActive))
        }
        output.say(try JSON(showing: user), sentence(user))
    }
}
