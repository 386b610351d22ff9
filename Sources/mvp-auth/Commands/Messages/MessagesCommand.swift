internal import ArgumentParser
internal import AuthAPI
internal import MVPAuth
internal import MVPAuthClient
internal import StrictJSON

/// The outbox: what waits to be sent, what was given up, and why.
struct MessagesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "messages", abstract: "Shows the emails that wait or were given up, and has them sent again.",
        subcommands: [
            MessagesListCommand.self, MessagesShowCommand.self, MessagesRetryCommand.self, MessagesDropCommand.self,
            MessagesWatchCommand.self, MessagesSendTestCommand.self,
        ])
}

/// Arguments that are values of the domain.
enum MessageArgument {
    static func id<Entity>(_ text: String) throws -> Identifier<Entity> {
        guard let id = Identifier<Entity>(anyCase: text) else { throw ValidationError("\(text) is no id.") }
        return id
    }

    static func name<Value: NamedCase>(_ text: String) throws -> Value {
        guard let value = Value(rawValue: text) else {
            throw ValidationError("\(text) is none of \(names(of: Value.self).joined(separator: ", ")).")
        }
        return value
    }

    static func names<Value: NamedCase>(of type: Value.Type) -> [String] { type.allCases.map(\.rawValue) }
}

extension AuthClient {
    /// A call's reply, and as it was written: with members that this version does not know.
    func reply<Method: RPCMethod>(
        to params: Method
    ) async throws(AuthClientError) -> (value: Method.Reply, json: JSON) {
        let result = try await result(of: params)
        guard let json = try? JSON(result),
            let value = try? JSONDecoding.decode(Method.Reply.self, from: result, unknownMembers: .ignored)
        else {
            throw AuthClientError(
                code: AuthError.Code.internalError.rawValue, message: "The daemon's answer cannot be understood.",
                executed: true)
        }
        return (value, json)
    }

    /// What a daemon in development has handed out; nothing from any other, and nothing for whoever may not see it.
    func mailbox() async -> [HandedOutEmail] {
        (try? await call(ListMailbox()))?.emails ?? []
    }
}

extension Table.Cell {
    /// What state a message is in.
    init(_ message: OutboxMessage) {
        let tone: Table.Tone? =
            switch EmailMessage.State(rawValue: message.state) {
            case .done: .good
            case .dead: .bad
            case .leased: .attention
            case .pending, nil: nil
            }
        self.init(message.state, tone)
    }
}
