internal import ArgumentParser
internal import AuthAPI
internal import MVPAuthClient
internal import StrictJSON

/// Who may do what, and does.
struct AppsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apps", abstract: "Lists the apps: their rights, connections and calls.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let apps = try await connection.withClient(showing: output, isOperator: true) {
            client throws(AuthClientError) in try await client.call(ListApps()).apps
        }
        var table = Table([
            .init(title: "app"), .init(title: "roles"), .init(title: "methods", canShrink: true),
            .init(title: "connections", isNumber: true), .init(title: "calls", isNumber: true),
        ])
        for app in apps {
            table.add([
                .init(app.name, app.isConfigured ? nil : .faint),
                .init(app.roles?.map(\.rawValue).joined(separator: ", ") ?? "-"),
                .init(app.methods?.joined(separator: ", ") ?? "all of its roles"),
                .init("\(app.connections)"), .init("\(app.calls)"),
            ])
        }
        output.show(try apps.map { try JSON(showing: $0) }, table, else: "There is no app.")
    }
}
