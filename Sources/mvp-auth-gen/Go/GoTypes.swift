internal import AuthAPI
internal import StrictJSON

/// The types of replies.
enum GoTypes {
    static var all: [String] { Model.all.map(type) }

    /// The name of a reply: `User` for what is `UserResponse` elsewhere.
    static func name(_ name: String) -> String {
        name.hasSuffix("Response") ? String(name.dropLast("Response".count)) : name
    }

    private static func type(_ model: Model) -> String {
        let name = name(model.name)
        let fields = model.fields.map { field in
            let comment = field.shape.summary.map { "\t// \($0)\n" } ?? ""
            let tag = field.name + (isSure(field) ? "" : ",omitempty")
            return comment + "\t\(Go.exported(field.name)) \(type(of: field)) `json:\"\(tag)\"`\n"
        }
        var parts = ["// \(name) \(sentence(model.summary))\ntype \(name) struct {\n\(fields.joined())}"]
        if let completeness = completeness(model.fields) {
            parts.append("func (v *\(name)) isComplete() bool {\n\treturn \(completeness)\n}")
        }
        if model.fields.contains(where: \.shape.isSecret) {
            parts.append(
                """
                // Format writes no secret, whatever the verb.
                func (v \(name)) Format(state fmt.State, _ rune) {
                \tio.WriteString(state, "\(name){secret}")
                }
                """)
        }
        return parts.joined(separator: "\n\n")
    }

    /// `is an account.`, `says whether there was such a call.`
    private static func sentence(_ summary: String) -> String {
        let verb = ["That ", "Whether ", "How ", "What "].contains { summary.hasPrefix($0) } ? "says " : "is "
        return verb + summary.prefix(1).lowercased() + summary.dropFirst()
    }

    /// What a reply must have to be usable: JSON that lacks a member is read as a zero value.
    private static func completeness(_ fields: [JSONShape.Field]) -> String? {
        let checks = fields.filter(isSure).compactMap { field -> String? in
            let member = "v.\(Go.exported(field.name))"
            return switch field.shape.word {
            case "uuid": member + " != \"\""
            case "date-time": "!\(member).IsZero()"
            default: field.shape.isSecret ? member + " != \"\"" : nil
            }
        }
        return checks.isEmpty ? nil : checks.joined(separator: " && ")
    }

    private static func isSure(_ field: JSONShape.Field) -> Bool { field.isRequired && !field.shape.isNullable }

    /// What may be missing is empty where it is a string, nil where it is anything else.
    private static func type(of field: JSONShape.Field) -> String {
        let type = Model.isTable(field) ? "map[string]int64" : type(field.shape, Model.className(of: field))
        return isSure(field) || type == "string" || type.hasPrefix("[]") || type.hasPrefix("map") ? type : "*" + type
    }

    private static func type(_ shape: JSONShape, _ name: String) -> String {
        switch shape.kind {
        case .any: "any"
        case .string: shape.word == "date-time" ? "time.Time" : "string"
        case .integer: "int64"
        case .number: "float64"
        case .boolean: "bool"
        case .array(let element): "[]" + type(element, name)
        case .object: Self.name(name)
        case .map(let value): "map[string]" + type(value, name)
        }
    }
}
