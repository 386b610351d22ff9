internal import ArgumentParser
internal import AuthAPI
internal import Glibc
internal import Host
internal import MVPAuth
internal import MVPAuthClient
internal import PrometheusText
internal import StrictJSON

/// What the daemon does, as it does it.
struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top", abstract: "Shows what the daemon does, each second, until q or Ctrl-C.",
        discussion: "Without a terminal: --once for a table, --json for a line of JSON each second.")

    @Flag(help: "Prints one second as a table, and ends.")
    var once = false

    @OptionGroup var interval: IntervalOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        guard !once, !output.json else { return try await print() }
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else {
            throw ValidationError("top needs a terminal; --once prints a table, --json lines for programs.")
        }
        let ending = try await connection.withClient(showing: output, isOperator: true) {
            client throws(AuthClientError) -> Int32? in
            // What is wrong at the beginning is said without a screen.
            let first = try await Look.take(with: client)
            guard let screen = LiveScreen() else { return nil }
            let end = await watch(client, first, on: screen)
            screen.leave()
            switch end {
            case .asked: return nil
            case .failed(let error): throw error
            case .signal(let number): return number
            }
        }
        // As a shell says it of a program that a signal has ended.
        if let ending { throw ExitCode(128 + ending) }
    }

    private enum End: Sendable {
        case asked
        case signal(Int32)
        case failed(AuthClientError)
    }

    /// Draws until somebody wants it to end. A daemon that is started again is waited for.
    private func watch(_ client: AuthClient, _ first: Look, on screen: LiveScreen) async -> End {
        let pause = interval.pause
        return await withTaskGroup(of: End.self) { tasks in
            tasks.addTask {
                switch await screen.ended() {
                case SIGINT, 0: .asked
                case let number: .signal(number)
                }
            }
            tasks.addTask {
                var last = first
                do throws(AuthClientError) {
                    try await pause.repeating(
                        whenAway: { screen.say("\($0.code): \($0.message)") }
                    ) { () async throws(AuthClientError) in
                        let next = try await Look.take(with: client)
                        screen.draw(TopView(from: last, to: next))
                        last = next
                    }
                    return .asked
                } catch {
                    return .failed(error)
                }
            }
            let end = await tasks.next() ?? .asked
            tasks.cancelAll()
            return end
        }
    }

    /// One second as a table, or one after another as JSON.
    private func print() async throws {
        try await connection.withClient(showing: output, isOperator: true) { client throws(AuthClientError) in
            var last = try await Look.take(with: client)
            repeat {
                guard (try? await Task.sleep(for: interval.pause)) != nil else { return }
                let next = try await Look.take(with: client)
                let view = TopView(from: last, to: next)
                last = next
                if output.json {
                    output.show(view.json)
                } else {
                    for line in view.lines(width: Terminal.width, height: nil, isColoured: Terminal.isColoured) {
                        StandardStreams.writeLine(line, to: STDOUT_FILENO)
                    }
                }
            } while !once
        }
    }
}

/// What there was at one time.
struct Look: Sendable {
    let samples: MetricSamples
    /// Nanoseconds of a clock that never steps.
    let uptime: UInt64

    static func take(with client: AuthClient) async throws(AuthClientError) -> Look {
        let text = try await client.call(Metrics()).text
        return Look(samples: MetricSamples(text), uptime: SystemTime().uptime())
    }
}
