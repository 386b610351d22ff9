internal import ArgumentParser
internal import AuthAPI
internal import Host
internal import MVPAuth
internal import MVPAuthClient
internal import StrictJSON

/// What every command that talks to the daemon takes.
struct ConnectionOptions: ParsableArguments {
    @Option(help: "The daemon's socket, unix:///path. [MVP_AUTH_SOCKET]")
    var socket: String?

    @Option(help: "Seconds that the call may take.")
    var timeout = 10.0

    func validate() throws {
        guard timeout > 0, timeout <= 3600 else {
            throw ValidationError("--timeout must be more than 0 and at most 3600 seconds.")
        }
    }

    /// Runs `body` with a client. What the service answers as an error is shown and becomes the exit code.
    ///
    /// - Parameter isOperator: goes through `admin.sock`, which is found by itself, unless a socket was named.
    func withClient<Value>(
        showing output: OutputOptions, isOperator: Bool = false,
        _ body: (AuthClient) async throws(AuthClientError) -> Value
    ) async throws -> Value {
        var configuration = AuthClient.Configuration()
        configuration.socket = socket
        if isOperator {
            configuration.sockets = SocketPath.operatorCandidates { ProcessEnvironment.current[$0] }
        }
        configuration.timeout = .milliseconds(Int64(timeout * 1000))
        configuration.connectTimeout = .milliseconds(500)
        configuration.name = "mvp-auth"
        let client = AuthClient(configuration)
        do throws(AuthClientError) {
            let value = try await body(client)
            await client.close()
            return value
        } catch {
            await client.close()
            output.show(error)
            if error.number == 0 { throw ExitStatus.unreachable }
            throw error.known == .deadlineExceeded ? ExitStatus.deadline : ExitStatus.serviceError
        }
    }
}
