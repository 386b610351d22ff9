internal import MVPAuth
internal import StrictJSON

/// The catalogue for people to read, as Markdown.
package enum Reference {
    package static func markdown() -> String {
        let methods = MethodDescription.all
        var text = """
            # Methods

            Generated from the catalogue by `make generate`.

            | method | REST | role | does |
            |---|---|---|---|

            """
        for method in methods {
            let rest = method.spec.rest.map { "`\($0.verb.rawValue) \($0.path)` → \($0.status)" } ?? ""
            text += "| [`\(method.spec.name)`](#\(anchor(method.spec.name))) | \(rest) | \(method.spec.role.rawValue)"
            text += " | \(method.spec.summary) |\n"
        }
        for method in methods { text += "\n" + section(method) }
        text += "\n## Errors\n\n| number | `data.code` | HTTP | retry | message |\n|---|---|---|---|---|\n"
        for code in AuthError.Code.allCases {
            text += "| \(code.number) | `\(code.rawValue)` | \(code.httpStatus) | \(code.isRetryable ? "yes" : "no")"
            text += " | \(code.message) |\n"
        }
        return text
    }

    private static func section(_ method: MethodDescription) -> String {
        let spec = method.spec
        var text = "## \(spec.name)\n\n\(spec.summary)\n\n"
        if !method.params.isEmpty {
            text += "| param | type | required |\n|---|---|---|\n"
            for field in method.params {
                text += "| `\(field.name)` | \(field.shape.phrase) | \(field.isRequired ? "yes" : "no") |\n"
            }
            text += "\n"
        }
        let call: JSON = [
            "jsonrpc": "2.0", "id": 1, "method": .string(spec.name), "params": method.exampleParams,
        ]
        let reply: JSON = ["jsonrpc": "2.0", "id": 1, "result": method.exampleReply]
        text += "```json\n\(line(call))\n\(line(reply))\n```\n"
        if !spec.errors.isEmpty {
            text += "\nErrors: " + spec.errors.map { "`\($0.rawValue)`" }.joined(separator: ", ") + ".\n"
        }
        return text
    }

    private static func line(_ json: JSON) -> String {
        let text = json.text
        guard text.count > 2000 else { return String(decoding: text, as: UTF8.self) }
        return String(decoding: text.prefix(200), as: UTF8.self) + "…"
    }

    private static func anchor(_ name: String) -> String { name.filter { $0 != "." } }
}

extension JSONShape {
    /// The shape in a few words.
    fileprivate var phrase: String {
        switch kind {
        case .any: "any"
        case .string where cases != nil: cases.map { $0.joined(separator: " \\| ") } ?? ""
        case .string: format ?? "string"
        case .integer: "integer"
        case .number: "number"
        case .boolean: "boolean"
        case .array(let element): "array of " + element.phrase
        case .object, .map: "object"
        }
    }
}
