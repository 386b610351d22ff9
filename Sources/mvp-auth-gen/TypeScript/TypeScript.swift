internal import AuthAPI
internal import MVPAuth
internal import StrictJSON

/// `generated.cjs`: what the client for Node knows of the service, as tables. What is done with them is written by hand.
enum TypeScript {
    static var module: String {
        """
        // What the client knows of the service. Generated from the daemon's catalogue by `make generate`.
        'use strict'

        /** The version of the protocol that is spoken. */
        exports.PROTOCOL = 1

        /** The daemon's version that this file was generated from. */
        exports.VERSION = \(literal(Software.mvpAuth.version))

        /** Every error of the daemon, by its code. */
        exports.ERRORS = {
        \(errors)}

        /** Every method of the daemon, by its name: what a call takes, and whether it may be repeated. */
        exports.METHODS = {
        \(methods)}

        /** Every route below the prefix, by its name, and the method behind it. */
        exports.ROUTES = {
        \(routes)}

        /** The members of every reply, in the wire's order. */
        exports.MODELS = {
        \(models)}

        """
    }

    private static var errors: String {
        AuthError.Code.allCases.map { code in
            row(
                code.rawValue, number: code.number, ("status", "\(code.httpStatus)"),
                ("retryable", "\(code.isRetryable)"), ("message", literal(code.message)))
        }.joined()
    }

    private static func row(_ key: String, number: Int, _ members: (String, String)...) -> String {
        "  \(key): \(object([("number", "\(number)")] + members)),\n"
    }

    private static var methods: String {
        let offered = Set(ClientMethod.offered.map(\.spec.name))
        return ClientMethod.described.map { method in
            let spec = method.spec
            let members = [
                ("function", offered.contains(spec.name) ? literal(lowerCamelCase(method.name)) : "null"),
                ("cost", literal(spec.cost.rawValue)), ("idempotent", "\(spec.isIdempotent)"),
                ("sensitive", "\(spec.isSensitive)"), ("role", literal(spec.role.rawValue)),
                ("params", list(method.description.params.map(\.name))),
                ("reply", literal(method.replyName)), ("list", "\(method.answersList)"),
            ]
            return "  \(literal(spec.name)): {\n" + members.map { "    \($0): \($1),\n" }.joined() + "  },\n"
        }.joined()
    }

    private static var routes: String {
        ClientMethod.described.compactMap { method in
            guard let route = method.spec.rest else { return nil }
            let members = [
                ("method", literal(route.verb.rawValue)), ("path", literal(route.path)),
                ("group", literal(route.group.rawValue)), ("rpc", literal(method.spec.name)),
                ("status", "\(route.status)"), ("body", list(route.body)),
                ("pathParameter", route.pathParameter.map(literal) ?? "null"),
                ("protected", "\(route.isProtected)"), ("device", "\(route.addsDevice)"),
                ("address", "\(route.addsDevice || route.addsAddress)"),
            ]
            return "  \(PythonRoutes.name(method)): {\n" + members.map { "    \($0): \($1),\n" }.joined() + "  },\n"
        }.joined()
    }

    private static var models: String {
        Model.all.map { model in
            let fields = model.fields.map { field in
                let isOptional = !field.isRequired || field.shape.isNullable
                return "    "
                    + object([
                        ("name", literal(field.name)), ("type", literal(kind(field))), ("optional", "\(isOptional)"),
                        ("secret", "\(field.shape.isSecret)"),
                    ]) + ",\n"
            }
            return "  \(model.name): [\n" + fields.joined() + "  ],\n"
        }.joined()
    }

    /// A word for the shape, or the name of a model; of an array in brackets.
    private static func kind(_ field: JSONShape.Field) -> String {
        Model.isTable(field) ? "table" : kind(field.shape, Model.className(of: field))
    }

    private static func kind(_ shape: JSONShape, _ name: String) -> String {
        switch shape.kind {
        case .array(let element): "[\(kind(element, name))]"
        case .object: name
        case .map: "table"
        default: shape.word
        }
    }

    /// `reset_password` as `resetPassword`.
    static func lowerCamelCase(_ name: String) -> String {
        let word = Model.camelCase(name)
        return word.prefix(1).lowercased() + word.dropFirst()
    }

    static func literal(_ text: String) -> String { String(decoding: JSON.string(text).text, as: UTF8.self) }

    private static func list(_ names: [String]) -> String { "[\(names.map(literal).joined(separator: ", "))]" }

    private static func object(_ members: [(String, String)]) -> String {
        "{ " + members.map { "\($0): \($1)" }.joined(separator: ", ") + " }"
    }
}

extension ClientMethod {
    /// Whether the answer is a list of what is named.
    var answersList: Bool {
        if case .array = description.reply.kind { true } else { false }
    }
}
