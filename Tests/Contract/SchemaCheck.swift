package import StrictJSON

/// Checks a value against the keywords of JSON Schema that the documents use.
package struct SchemaCheck {
    /// What does not fit, each with its place; empty when everything does.
    package private(set) var complaints: [String] = []

    /// Where references lead.
    private let document: JSON

    /// - Parameter document: what the schema's references refer to.
    package static func complaints(of value: JSON, against schema: JSON, in document: JSON = .null) -> [String] {
        var check = SchemaCheck(document: document)
        check.visit(value, schema, at: "$")
        return check.complaints
    }

    private init(document: JSON) {
        self.document = document
    }

    private mutating func visit(_ value: JSON, _ schema: JSON, at place: String) {
        let schema = document.resolving(schema)
        if let type = schema["type"] {
            let allowed = (type.string.map { [$0] }) ?? type.elements.compactMap(\.string)
            guard allowed.contains(where: { Self.fits(value, $0) }) else {
                complaints.append("\(place) is not \(allowed.joined(separator: " or "))")
                return
            }
        }
        if let cases = schema["enum"]?.elements, !cases.contains(value) { complaints.append("\(place) is not a case") }
        if let longest = schema["maxLength"]?.int, (value.string ?? "").unicodeScalars.count > longest {
            complaints.append("\(place) is too long")
        }
        if let shortest = schema["minLength"]?.int, let text = value.string, text.unicodeScalars.count < shortest {
            complaints.append("\(place) is too short")
        }
        if let items = schema["items"] {
            for (index, element) in value.elements.enumerated() { visit(element, items, at: "\(place)[\(index)]") }
        }
        guard case .object(let members) = value else { return }
        for name in schema["required"]?.elements.compactMap(\.string) ?? [] where value[name] == nil {
            complaints.append("\(place).\(name) is missing")
        }
        for member in members {
            if let property = schema["properties"]?[member.name] {
                visit(member.value, property, at: "\(place).\(member.name)")
            } else if let others = schema["additionalProperties"] {
                if others == .bool(false) {
                    complaints.append("\(place).\(member.name) is unknown")
                } else {
                    visit(member.value, others, at: "\(place).\(member.name)")
                }
            }
        }
    }

    private static func fits(_ value: JSON, _ type: String) -> Bool {
        switch (value, type) {
        case (.null, "null"), (.bool, "boolean"), (.int, "integer"), (.int, "number"), (.double, "number"),
            (.string, "string"), (.array, "array"), (.object, "object"):
            true
        default: false
        }
    }
}
