internal import MVPAuth
package import StrictJSON

/// The catalogue for people to read, as Markdown.
package enum Reference {
    package static func markdown() -> String {
        let methods = MethodDescription.all
        var text = """
            # Methods

            Generated from the catalogue by `make generate`. A call is one line of JSON-RPC 2.0; params go by name or by
            position, in the order of the tables. What can go wrong with any call is under [Errors](#errors).

            A method that is idempotent may be called again by whoever lost the answer; any other one under the same key,
            which gets the same answer for a minute: `"meta":{"idempotency_key":"…"}` beside `params`, or the header
            `\(IdempotencyKey.header)`. With other params the key is refused. `meta.timeout_ms` limits how long a call may
            take, `system.cancel` gives one up, and `meta.traceparent` (W3C Trace Context) names the trace that a call
            belongs to, for the log. Params or result of a sensitive method hold a password or a token: keep them out
            of logs. The cost says what a call takes as a rule: an answer from memory, a look into the store or a write,
            or the hashing of a password, which waits for its turn apart from the others.

            An address is one account in every spelling: white space around it is dropped, ASCII letters become lower case,
            and a domain in other letters is answered as it was written, while mail goes to its ASCII form. The domain must
            have a dot.

            \(Markdown.table(["method", "REST", "role", "does"], methods.map { row($0.spec) }))

            """
        for method in methods { text += "\n" + section(method) }
        return text + "\n" + notifications + "\n" + events + "\n" + errors
    }

    private static func row(_ spec: MethodSpec) -> [String] {
        ["[`\(spec.name)`](#\(anchor(spec.name)))", spec.rest?.phrase ?? "", spec.role.rawValue, spec.summary]
    }

    private static var notifications: String {
        let sections = NotificationDescription.all.map { notification in
            let spec = notification.spec
            let line: JSON = ["jsonrpc": "2.0", "method": .string(spec.name), "params": notification.example]
            let rows = JSONShape.object(notification.params).rows()
            return """
                ### \(spec.name)

                \(spec.summary)

                \(rows.isEmpty ? "No params." : table("param", "always", rows)) To \(phrase(of: spec.role)).

                ```json
                \(Self.line(line))
                ```

                """
        }
        return """
            ## Notifications

            What the daemon says unasked. A peer that does not know one passes over it.

            \(sections.joined(separator: "\n"))
            """
    }

    private static var events: String {
        """
        ## Events

        What `admin.query_audit` tells. [operations.md](operations.md#audit) says how long they are kept.

        \(Markdown.table(["event", "means"], AuthEvent.Kind.allCases.map { ["`\($0.rawValue)`", $0.meaning] }))

        """
    }

    private static func phrase(of role: PeerRole) -> String { role == .any ? "any peer" : "role `\(role.rawValue)`" }

    private static func section(_ method: MethodDescription) -> String {
        let spec = method.spec
        let result = method.reply.rows()
        let call: JSON = ["jsonrpc": "2.0", "id": 1, "method": .string(spec.name), "params": method.exampleParams]
        let reply: JSON = ["jsonrpc": "2.0", "id": 1, "result": method.exampleReply]
        let own = spec.errors.map { code in
            let wording = spec.wordings.contains { $0.code == code } ? ": “\(spec.message(of: code))”" : ""
            return "`\(code.rawValue)` (\(code.number))\(wording)"
        }.joined(separator: ", ")
        return """
            ## \(spec.name)

            \(spec.summary)

            \(facts(of: spec))

            \(method.params.isEmpty ? "No params." : table("param", "required", JSONShape.object(method.params).rows()))

            Result: \(method.reply.phrase).\(result.isEmpty ? "" : "\n\n" + table("member", "always", result))

            ```json
            \(line(call))
            \(line(reply))
            ```

            \(own.isEmpty ? "No errors of its own." : "Errors: \(own).")

            """
    }

    private static func facts(of spec: MethodSpec) -> String {
        let facts = [
            spec.rest?.phrase, phrase(of: spec.role), "cost `\(spec.cost.rawValue)`",
            spec.isIdempotent ? "idempotent" : nil,
            spec.isSensitive ? "sensitive" : nil,
        ]
        return facts.compactMap(\.self).joined(separator: " · ")
    }

    /// The members of a shape at any depth, as a table.
    package static func members(of shape: JSONShape) -> String { table("member", "required", shape.rows()) }

    private static func table(_ first: String, _ third: String, _ rows: [JSONShape.Row]) -> String {
        Markdown.table(
            [first, "type", third, "meaning"],
            rows.map { ["`\($0.name)`", $0.type, $0.isRequired ? "yes" : "no", $0.meaning] })
    }

    private static var errors: String {
        let example = AuthError.Code.invalidCredentials
        let reply: JSON = [
            "jsonrpc": "2.0", "id": 1,
            "error": [
                "code": .int(example.number), "message": .string(example.message),
                "data": [
                    "code": .string(example.rawValue), "retryable": .bool(example.isRetryable), "executed": true,
                    "request_id": "1f8b7c0a-42",
                ],
            ],
        ]
        let rows = AuthError.Code.allCases.map { code in
            [
                "\(code.number)", "`\(code.rawValue)`", "\(code.httpStatus)", code.isRetryable ? "yes" : "no",
                code.message,
            ]
        }
        return """
            ## Errors

            ```json
            \(line(reply))
            ```

            `data.code` is for programs and stays what it is; `message` is for people. `retryable`: the same call may
            succeed later, after `retry_after_ms` where that is said. `executed` is false only when it is certain that
            nothing was done. `fields`: what is wrong with the input, as `path` and `reason`. `request_id` finds the call
            in the log. A login that is throttled is `RATE_LIMITED` with `proofs`, what would let the caller through
            (`device_token`, `known_address`, `password_reset`), and is not `retryable`: a person tries again. Positive numbers are the HTTP status times 100 and something.

            Any call can be answered with \
            \(MethodSpec.commonErrors.map { "`\($0.rawValue)`" }.joined(separator: ", ")).

            \(Markdown.table(["number", "`data.code`", "HTTP", "retry", "message"], rows))

            """
    }

    private static func line(_ json: JSON) -> String { String(decoding: json.text, as: UTF8.self) }

    /// What readers of Markdown make of the heading of a method.
    static func anchor(_ name: String) -> String { name.filter { $0 != "." } }
}

extension RESTRoute {
    fileprivate var phrase: String { "`\(verb.rawValue) \(path)` → \(status)" }
}

extension JSONShape {
    /// A member in a table.
    fileprivate struct Row {
        let name: String
        let type: String
        let isRequired: Bool
        let meaning: String
    }

    /// The members at any depth: `peer.uid`, `[].id`.
    fileprivate func rows(below prefix: String = "") -> [Row] {
        switch kind {
        case .object(let fields):
            fields.flatMap { field in
                let name = prefix + field.name
                let row = Row(
                    name: name, type: field.shape.phrase, isRequired: field.isRequired,
                    meaning: field.shape.summary ?? "")
                return [row] + field.shape.rows(below: name + ".")
            }
        case .array(let element):
            element.rows(below: (prefix.hasSuffix(".") ? String(prefix.dropLast()) : prefix) + "[].")
        case .any, .string, .integer, .number, .boolean, .map: []
        }
    }

    /// The shape in a few words.
    fileprivate var phrase: String {
        noun + (isNullable ? " or null" : "") + (maximumLength.map { ", at most \($0)" } ?? "")
            + (range.map { ", \($0.lowerBound) to \($0.upperBound)" } ?? "")
    }

    private var noun: String {
        switch kind {
        case .any: "any"
        case .string where isSecret: "secret"
        case .string: cases.map { $0.joined(separator: " | ") } ?? format ?? "string"
        case .integer: "integer"
        case .number: "number"
        case .boolean: "boolean"
        case .array(let element): "array of " + element.phrase
        case .object: "object"
        case .map(let value): "object of " + value.phrase
        }
    }

    private var isSecret: Bool { format.map { $0.utf8.elementsEqual("password".utf8) } ?? false }
}
