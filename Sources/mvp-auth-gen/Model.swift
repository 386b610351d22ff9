internal import AuthAPI
internal import StrictJSON

/// A wire type that clients have a class for.
struct Model {
    let name: String
    let summary: String
    /// What a client needs to make one comes first in a call, but here they stand as on the wire.
    let fields: [JSONShape.Field]

    /// The replies that an application can meet, and what is inside them, each once.
    static let all: [Model] = {
        var models: [Model] = []
        for method in ClientMethod.described where method.description.spec.role != .admin {
            collect(method.description.reply, named: method.replyName, into: &models)
        }
        return models
    }()

    /// The shape's name: of the Swift type for a reply, after its member for what is inside one.
    private static func collect(_ shape: JSONShape, named name: String, into models: inout [Model]) {
        switch shape.kind {
        case .array(let element): collect(element, named: name, into: &models)
        case .object(let fields) where !fields.isEmpty:
            for field in fields where !isTable(field) {
                collect(field.shape, named: className(of: field), into: &models)
            }
            if let known = models.first(where: { $0.name == name }) {
                precondition(known.fields == fields, "\(name) has two shapes")
            } else {
                models.append(Model(name: name, summary: summaries[name] ?? "What a call answers.", fields: fields))
            }
        default: break
        }
    }

    /// Whether clients keep the member as a dictionary: what is in it varies from daemon to daemon.
    static func isTable(_ field: JSONShape.Field) -> Bool { field.name == "limits" }

    static func className(of field: JSONShape.Field) -> String { camelCase(field.name) }

    /// `reset_password` as `ResetPassword`.
    static func camelCase(_ name: String) -> String {
        name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private static let summaries = [
        "TokenPair": "A session's tokens.",
        "UserResponse": "An account.",
        "SessionResponse": "A signed-in device.",
        "EventResponse": "Something that was done with an account.",
        "TokenPayload": "The claims of a living access token.",
        "Message": "That something was done.",
        "LogoutAllReply": "How many sessions were ended.",
        "HelloReply": "What the daemon says of itself and of its caller.",
        "InfoReply": "What is running.",
        "HealthReply": "That calls can be served.",
        "PingReply": "That the daemon lives.",
        "CancelReply": "Whether there was such a call.",
        "Server": "A program and its version.",
        "Peer": "A caller, by the kernel and by configuration.",
        "Policy": "The rules that the daemon enforces.",
    ]
}
