internal import AuthAPI
internal import StrictJSON

/// The models of replies: immutable values, read from the wire.
enum PythonModels {
    static var text: String {
        ([PythonReaders.text] + Model.all.map(model)).joined(separator: "\n\n\n")
            + "\n\n\nUser = UserResponse\n\"\"\"An account.\"\"\"\n"
    }

    private static func model(_ model: Model) -> String {
        let fields = model.fields.map { field in
            var line = "    \(field.name): \(annotation(field))"
            switch (field.isRequired, field.shape.isSecret) {
            case (true, true): line += " = field(repr=False)"
            case (false, true): line += " = field(default=None, repr=False)"
            case (false, false): line += " = None"
            case (true, false): break
            }
            return line + "\n" + (field.shape.summary.map { "    \"\"\"\($0)\"\"\"\n" } ?? "")
        }
        let members = model.fields.map { "            \($0.name)=\(reading($0)),\n" }
        return """
            @dataclass(frozen=True, slots=True, kw_only=True)
            class \(model.name):
                \"\"\"\(model.summary)\"\"\"

            \(fields.joined())
                @classmethod
                def from_wire(cls, value: Mapping[str, Any]) -> Self:
                    \"\"\"The value of a reply. Members that this version does not know are ignored.\"\"\"
                    return cls(
            \(members.joined())        )
            """
    }

    /// The type of a member, `T | None` where it may be left out.
    static func annotation(_ field: JSONShape.Field) -> String {
        let type = Model.isTable(field) ? "dict[str, int]" : type(field.shape, Model.className(of: field))
        return field.isRequired && !field.shape.isNullable ? type : type + " | None"
    }

    private static func type(_ shape: JSONShape, _ name: String) -> String {
        switch shape.kind {
        case .any: "Any"
        case .string: shape.word == "uuid" ? "UUID" : shape.word == "date-time" ? "datetime" : "str"
        case .integer: "int"
        case .number: "float"
        case .boolean: "bool"
        case .array(let element): "tuple[\(type(element, name)), ...]"
        case .object: name
        case .map(let value): "dict[str, \(type(value, name))]"
        }
    }

    private static func reading(_ field: JSONShape.Field) -> String {
        let reader = Model.isTable(field) ? "_table" : reader(field.shape, Model.className(of: field))
        guard field.isRequired && !field.shape.isNullable else {
            return "_optional(\(reader), value.get(\"\(field.name)\"))"
        }
        return "\(reader)(value[\"\(field.name)\"])"
    }

    private static func reader(_ shape: JSONShape, _ name: String) -> String {
        switch shape.kind {
        case .any: "_any"
        case .string: shape.word == "uuid" ? "_uuid" : shape.word == "date-time" ? "_time" : "_str"
        case .integer: "_int"
        case .number: "_float"
        case .boolean: "_bool"
        case .array(let element): "_each(\(reader(element, name)))"
        case .object: "\(name).from_wire"
        case .map: "_table"
        }
    }
}
