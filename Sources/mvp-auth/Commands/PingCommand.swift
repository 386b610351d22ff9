internal import ArgumentParser
internal import AuthAPI
internal import Glibc
internal import Host
internal import MVPAuthClient
internal import StrictJSON

/// Whether the daemon is there and can serve.
struct PingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ping", abstract: "Asks whether the daemon answers, how fast, and whether its store does.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let (round, info, notes) = try await connection.withClient(showing: output) { client throws(AuthClientError) in
            let health = try await client.call(Health())
            let start = ContinuousClock.now
            _ = try await client.call(Ping())
            return (ContinuousClock.now - start, try await client.call(Info()), health.notes ?? [])
        }
        let microseconds = Int(round / .microseconds(1))
        if output.json {
            output.show([
                "status": "ok", "round_trip_us": .int(microseconds), "version": .string(info.server.version),
                "store": .string(info.store), "uptime_seconds": .int(info.uptimeSeconds),
                "notes": .array(notes.map(JSON.string)),
            ])
        } else {
            StandardStreams.writeLine(
                "\(info.server.name) \(info.server.version) answers in \(microseconds) µs (store: \(info.store), up for \(info.uptimeSeconds) s)",
                to: STDOUT_FILENO)
            for note in notes { StandardStreams.writeLine(printable("Note: \(note)"), to: STDOUT_FILENO) }
        }
    }
}
