internal import AuthAPI
internal import StrictJSON

/// A method of the catalogue as clients offer it.
struct ClientMethod {
    /// In the words of Python; other languages change the case.
    let name: String
    let description: MethodDescription
    let replyName: String

    var spec: MethodSpec { description.spec }

    /// The members that say for whom the call is made, where there is a choice: exactly one of them is sent.
    var principals: [JSONShape.Field] {
        let choices = description.params.filter { Self.principals.contains($0.name) && !$0.isRequired }
        return choices.contains { $0.name == "access_token" } ? choices : []
    }

    /// What must be said, in the order of the catalogue.
    var required: [JSONShape.Field] { description.params.filter(\.isRequired) }

    /// What may be said besides. How many of a list are wanted is not: functions ask for all that come.
    var optional: [JSONShape.Field] {
        let others = principals.map(\.name) + ["limit"]
        return description.params.filter { !$0.isRequired && !others.contains($0.name) }
    }

    private static let principals = ["access_token", "refresh_token", "user_id"]

    /// What is called otherwise than the last word of its name on the wire.
    private static let names = [
        "user.get_current_user": "current_user", "session.list": "sessions", "session.revoke": "revoke_session",
        "token.verify": "verify", "user.find": "find_user",
    ]

    /// Every method with its reply's name, in the order of the catalogue.
    static let described: [ClientMethod] = authAPI.methods.map { type in
        let description = MethodDescription(type)
        let word = description.spec.name.split(separator: ".").last.map(String.init) ?? ""
        return ClientMethod(
            name: names[description.spec.name] ?? word, description: description, replyName: replyName(type))
    }

    /// Those that applications call by a function of their own: what needs a role, and `ping`.
    static let offered = described.filter {
        [.client, .trusted].contains($0.spec.role) || $0.spec.name == Ping.spec.name
    }

    private static func replyName<Method: RPCMethod>(_ method: Method.Type) -> String {
        ShapeName.of(Method.Reply.self)
    }
}
