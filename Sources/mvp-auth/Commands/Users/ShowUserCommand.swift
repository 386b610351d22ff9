internal import ArgumentParser
internal import AuthAPI
internal import Glibc
internal import Host
internal import MVPAuth
internal import MVPAuthClient
internal import StrictJSON

struct ShowUserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Shows one account.")

    @OptionGroup var account: UserArgument
    @OptionGroup var times: TimeOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let found = try await connection.withClient(showing: output, isOperator: true) {
            client throws(AuthClientError) in try await account.find(with: client)
        }
        guard !output.json else { return output.show(try JSON(showing: found)) }
        let user = found.user
        let password = user.password.map { password in
            "\(password.scheme)\(password.imported ? ", made elsewhere" : ""), set \(times.text(of: password.changedAt))"
        }
        for (name, value) in [
            ("address", user.email), ("id", user.id.description), ("active", user.isActive ? "yes" : "no"),
            ("verified", user.isVerified ? "yes" : "no"), ("password", password ?? "none"),
            ("created", times.text(of: user.createdAt)), ("changed", times.text(of: user.updatedAt)),
            ("last login", times.text(of: user.lastLoginAt, else: "none that is still known")),
            ("live sessions", "\(found.sessions)"), ("messages waiting", "\(found.messages)"),
        ] + found.throttle.map({ ("failures", text(of: $0)) }) {
            let space = String(repeating: " ", count: 18 - name.utf8.count)
            StandardStreams.writeLine(printable(name + space + value), to: STDOUT_FILENO)
        }
    }

    private func text(of throttle: UserThrottle) -> String {
        let who =
            switch throttle.kind {
            case .strangers: "strangers"
            case .knownNetwork: "a known network"
            case .passwordChange: "changes of the password"
            case .everybody: "all together"
            }
        let state =
            if throttle.closed { ", closed" } else if let until = throttle.until {
                ", turned away until \(Timestamp(seconds: until.seconds))"
            } else { "" }
        return "\(throttle.failures) by \(who), level \(throttle.level)\(state)"
    }
}
