internal import AuthAPI
internal import StrictJSON

/// The typed methods, once for coroutines and once for threads: nothing is written twice by hand.
enum PythonMethods {
    enum Twin {
        case asynchronous, synchronous

        var className: String { self == .asynchronous ? "AsyncMethods" : "SyncMethods" }
        var define: String { self == .asynchronous ? "async def" : "def" }
        var wait: String { self == .asynchronous ? "await " : "" }
    }

    static func twin(_ twin: Twin) -> String {
        let kind = twin == .asynchronous ? "as coroutines" : "as plain functions"
        let head = """
            class \(twin.className):
                \"\"\"The service's methods, \(kind). Time-outs are in seconds.\"\"\"

                __slots__ = ()

                \(twin.define) _call(
                    self,
                    name: str,
                    params: dict[str, Any],
                    *,
                    timeout: float | None = None,
                    idempotency_key: str | None = None,
                ) -> Any:
                    raise NotImplementedError
            """
        return ([head] + ClientMethod.offered.map { method($0, twin) }).joined(separator: "\n\n")
    }

    private static func method(_ method: ClientMethod, _ twin: Twin) -> String {
        let spec = method.spec
        let isKeyed = !spec.isIdempotent
        var call = ["timeout=timeout"]
        if isKeyed { call.append("idempotency_key=idempotency_key") }
        let parameters = (["self"] + parameters(of: method, isKeyed: isKeyed)).map { "        \($0),\n" }.joined()
        let result = isList(method) ? "list[\(method.replyName)]" : method.replyName
        let reader = "\(method.replyName).from_wire"
        let body = """
                    result = \(twin.wait)self._call(
                        "\(spec.name)",
                        \(params(of: method)),
                        \(call.joined(separator: ",\n            ")),
                    )
                    return \(isList(method) ? "list(_reply(_each(\(reader)), result))" : "_reply(\(reader), result)")
            """
        return """
                \(twin.define) \(method.name)(
            \(parameters)    ) -> \(result):
                    \(document(spec))
            \(body)
            """
    }

    private static func isList(_ method: ClientMethod) -> Bool {
        if case .array = method.description.reply.kind { true } else { false }
    }

    /// Required ones by position; after a choice of principals, and for what is optional, by name.
    private static func parameters(of method: ClientMethod, isKeyed: Bool) -> [String] {
        let required = method.required.map { "\(argument($0)): \(type($0))" }
        let principals = method.principals.map { "\(argument($0)): \(type($0)) | None = None" }
        let optional = method.optional.map { "\(argument($0)): \(type($0)) | None = None" }
        let first = principals.isEmpty ? required : Array(principals.prefix(1))
        let named = principals.isEmpty ? optional : principals.dropFirst() + required + optional
        return first + ["*"] + named + ["timeout: float | None = None"]
            + (isKeyed ? ["idempotency_key: str | None = None"] : [])
    }

    private static func params(of method: ClientMethod) -> String {
        let required = method.required.map { "\"\($0.name)\": \(value($0))" }
        guard !method.principals.isEmpty else {
            guard !method.optional.isEmpty else { return "{\(required.joined(separator: ", "))}" }
            let all = (method.required + method.optional).map { "\($0.name)=\(argument($0))" }
            return "_given(\n                \(all.joined(separator: ",\n                ")),\n            )"
        }
        let choices = method.principals.map { "\($0.name)=\(argument($0))" }.joined(separator: ", ")
        guard !required.isEmpty else { return "_one(\(choices))" }
        let members = ["**_one(\(choices))"] + required
        return "{\n                \(members.joined(separator: ",\n                ")),\n            }"
    }

    private static func argument(_ field: JSONShape.Field) -> String {
        field.name == "access_token" ? "token" : field.name
    }

    private static func type(_ field: JSONShape.Field) -> String {
        if case .boolean = field.shape.kind { return "bool" }
        return field.shape.word == "uuid" ? "UUID | str" : "str"
    }

    private static func value(_ field: JSONShape.Field) -> String {
        field.shape.word == "uuid" ? "str(\(argument(field)))" : argument(field)
    }

    /// The docstring, in lines of at most 100 columns.
    private static func document(_ spec: MethodSpec) -> String {
        guard !spec.errors.isEmpty else { return "\"\"\"\(spec.summary)\"\"\"" }
        var lines = ["Errors:"]
        for (position, code) in spec.errors.enumerated() {
            let word = "`\(code.rawValue)`" + (position == spec.errors.count - 1 ? "." : ",")
            if lines[lines.count - 1].utf8.count + word.utf8.count > 88 {
                lines.append(word)
            } else {
                lines[lines.count - 1] += " " + word
            }
        }
        return "\"\"\"\(spec.summary)\n\n        \(lines.joined(separator: "\n        "))\n        \"\"\""
    }
}
