/// The shape as a JSON Schema, in the keywords that draft 7 and 2020-12 share.
extension JSONShape {
    package func schema() -> JSON {
        var members: [JSON.Member] = []
        func put(_ name: String, _ value: JSON?) {
            if let value { members.append(JSON.Member(name, value)) }
        }
        if let type = kind.typeName {
            put("type", isNullable ? ["\(type)", "null"] : .string(type))
        }
        put("format", format.map(JSON.string))
        put("description", summary.map(JSON.string))
        put("enum", cases.map { .array($0.map(JSON.string) + (isNullable ? [.null] : [])) })
        put("minLength", minimumLength.map(JSON.int))
        put("maxLength", maximumLength.map(JSON.int))
        put("minimum", (range?.lowerBound).map(JSON.int))
        put("maximum", (range?.upperBound).map(JSON.int))
        put("pattern", pattern.map(JSON.string))
        switch kind {
        case .array(let element):
            put("items", element.schema())
        case .object(let fields):
            put("properties", .object(fields.map { JSON.Member($0.name, $0.shape.schema()) }))
            let required = fields.filter(\.isRequired).map { JSON.string($0.name) }
            put("required", required.isEmpty ? nil : .array(required))
            put("additionalProperties", false)
        case .map(let value):
            put("additionalProperties", value.schema())
        default:
            break
        }
        return .object(members)
    }
}

extension JSONShape.Kind {
    var typeName: String? {
        switch self {
        case .any: nil
        case .string: "string"
        case .integer: "integer"
        case .number: "number"
        case .boolean: "boolean"
        case .array: "array"
        case .object, .map: "object"
        }
    }
}
