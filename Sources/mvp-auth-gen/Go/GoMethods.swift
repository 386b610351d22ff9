internal import AuthAPI

/// The typed methods of the client.
enum GoMethods {
    static var all: [String] { ClientMethod.offered.map(method) }

    private static func method(_ method: ClientMethod) -> String {
        let isList = if case .array = method.description.reply.kind { true } else { false }
        let reply = GoTypes.name(method.replyName)
        var arguments = method.required.map { "{\(Go.literal($0.name)), \(argument($0.name))}" }.joined(separator: ", ")
        arguments = "params{\(arguments)}"
        if !method.principals.isEmpty { arguments += ".by(who)" }
        if takesDevice(method) { arguments += takes("device_token", method) ? ".signingIn(device)" : ".from(device)" }
        return """
            \(document(method))
            func (c *Client) \(Go.exported(method.name))(\(signature(of: method))) (\(isList ? "[]" : "*")\(reply), error) {
            \treturn \(isList ? "invokeList" : "invoke")[\(reply)](ctx, c, \(Go.literal(method.spec.name)), \(arguments), opts)
            }
            """
    }

    /// What may be said besides; where a device signs in, by a value for all of it.
    private static let known: Set = ["device_info", "ip_address", "remember_device", "device_token"]

    private static func takesDevice(_ method: ClientMethod) -> Bool { takes("device_info", method) }

    private static func takes(_ name: String, _ method: ClientMethod) -> Bool {
        method.optional.contains { $0.name == name }
    }

    private static func signature(of method: ClientMethod) -> String {
        precondition(method.optional.allSatisfy { known.contains($0.name) }, method.name)
        let words = method.required.map { argument($0.name) }
        let members: [String?] = [
            "ctx context.Context",
            method.principals.isEmpty ? nil : "who Actor",
            words.isEmpty ? nil : words.joined(separator: ", ") + " string",
            takesDevice(method) ? "device *Device" : nil,
            "opts ...Option",
        ]
        return members.compactMap { $0 }.joined(separator: ", ")
    }

    /// `new_password` as `newPassword`.
    private static func argument(_ name: String) -> String {
        let name = Go.exported(name)
        return name.prefix(1).lowercased() + name.dropFirst()
    }

    private static func document(_ method: ClientMethod) -> String {
        let summary = method.spec.summary
        var lines = ["\(Go.exported(method.name)) \(summary.prefix(1).lowercased())\(summary.dropFirst())"]
        if !method.spec.errors.isEmpty {
            let errors = method.spec.errors.map { "[\(Go.constant($0))]" }.joined(separator: ", ")
            lines += ["", "Errors: \(errors)."]
        }
        return lines.map { $0.isEmpty ? "//" : "// " + $0 }.joined(separator: "\n")
    }
}
