internal import ArgumentParser
internal import AuthAPI
internal import Glibc
internal import Host
internal import MVPAuth
internal import MVPAuthClient
internal import StrictJSON

struct ListUsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists accounts, the newest first.")

    @Argument(help: "The beginning of an address, or an identifier.")
    var query: String?

    @Option(help: "Only accounts that are active, inactive, unverified or throttled.")
    var status: AccountStatus?

    @OptionGroup var extent: ListOptions
    @OptionGroup var times: TimeOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        var bounded: BoundedText<SearchBound>?
        if let query {
            guard let text = BoundedText<SearchBound>(query) else {
                throw ValidationError("The query is no beginning of an address.")
            }
            bounded = text
        }
        let (users, isCut) = try await connection.withClient(showing: output, isOperator: true) {
            client throws(AuthClientError) in
            try await extent.gather { cursor, limit throws(AuthClientError) in
                let page = try await client.call(
                    ListUsers(query: bounded, status: status, cursor: cursor, limit: limit))
                return (page.users, page.next)
            }
        }
        var table = Table([
            .init(title: "email", canShrink: true), .init(title: "status"), .init(title: "created"),
            .init(title: "last login"), .init(title: "id", canShrink: true),
        ])
        for user in users {
            table.add([
                .init(user.email), Self.status(of: user), .init(times.text(of: user.createdAt)),
                .init(times.text(of: user.lastLoginAt, else: "-")), .init(user.id.description, .faint),
            ])
        }
        output.show(try users.map { try JSON(showing: $0) }, table, else: "No accounts were found.")
        if isCut { ListOptions.sayThereIsMore() }
    }

    static func status(of user: AdminUser) -> Table.Cell {
        guard user.isActive else { return Table.Cell("inactive", .bad) }
        return user.isVerified ? Table.Cell("active", .good) : Table.Cell("unverified", .attention)
    }
}

extension AccountStatus: ExpressibleByArgument {}
