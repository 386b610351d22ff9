internal import ArgumentParser
internal import AuthAPI
internal import MVPAuth
internal import MVPAuthClient
internal import StrictJSON

/// The account that a command is about.
struct UserArgument: ParsableArguments {
    @Argument(help: "The account: its address or its identifier.")
    var user: String

    /// The account as it is.
    func find(with client: AuthClient) async throws(AuthClientError) -> GetUser.Reply {
        try await Self.find(user, with: client)
    }

    static func find(_ user: String, with client: AuthClient) async throws(AuthClientError) -> GetUser.Reply {
        if let id = UserID(anyCase: user) { return try await client.call(GetUser(userID: id)) }
        return try await client.call(GetUser(email: user))
    }
}

extension JSON {
    /// What goes over the wire.
    init(showing value: some Encodable) throws {
        self = try JSON(encoding: value)
    }
}
