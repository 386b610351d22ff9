internal import ArgumentParser
internal import AuthAPI
internal import Glibc
internal import Host
internal import MVPAuthClient

/// The daemon's numbers as Prometheus reads them.
struct MetricsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics", abstract: "Prints what the daemon counts, in Prometheus's text format.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let text = try await connection.withClient(showing: output, isOperator: true) {
            client throws(AuthClientError) in try await client.call(Metrics()).text
        }
        if output.json { return output.show(["text": .string(text)]) }
        StandardStreams.writeLine(text.hasSuffix("\n") ? String(text.dropLast()) : text, to: STDOUT_FILENO)
    }
}
