internal import ArgumentParser
internal import AuthAPI
internal import Glibc
internal import Host
internal import MVPAuth
internal import MVPAuthClient
internal import StrictJSON

/// Sends a message that says only that messages arrive, on the way of all messages.
struct MessagesSendTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send-test", abstract: "Sends a test message to an address, on the way of all messages.",
        discussion: "The address need not be an account's. With --wait it ends with 1 when the message was not taken.")

    @Argument(help: "Where it goes.")
    var address: String

    @Option(help: "The app that it is sent for.")
    var app: String?

    @Option(help: "Seconds to wait until the message was taken, or was not.")
    var wait = 0

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (0...3600).contains(wait) else { throw ValidationError("--wait must be from 0 to 3600 seconds.") }
        let longest = AppNameBound.maximumCharacters
        guard app.map({ BoundedText<AppNameBound>($0) != nil }) ?? true else {
            throw ValidationError("--app must be at most \(longest) characters without control characters.")
        }
    }

    func run() async throws {
        let (message, json) = try await connection.withClient(showing: output, isOperator: true) {
            client throws(AuthClientError) in
            var (message, json) = try await client.reply(to: SendTestMessage(email: address, app: app))
            if wait == 0 { return (message, json) }
            let end = ContinuousClock.now + .seconds(wait)
            while message.dueAt != nil, message.lastError == nil, ContinuousClock.now < end,
                (try? await Task.sleep(for: .milliseconds(200))) != nil
            {
                (message, json) = try await client.reply(to: GetMessage(messageID: message.id))
            }
            return (message, json)
        }
        let isSent = EmailMessage.State(rawValue: message.state) == .done
        let trouble = message.lastError ?? "nobody has taken it yet"
        if wait == 0 {
            output.say(json, "Queued. What becomes of it: mvp-auth messages show \(message.id)")
        } else if isSent {
            output.say(json, "It was taken.")
        } else if output.json {
            output.show(json)
        } else {
            let line = "It was not taken: \(trouble). What becomes of it: mvp-auth messages show \(message.id)"
            StandardStreams.writeLine(printable(line), to: STDERR_FILENO)
        }
        if wait > 0, !isSent { throw ExitStatus.serviceError }
    }
}
