/// The tree from and to text.
extension JSON: JSONWritable {
    /// The tree of a scanned value. An integer beyond 64 bits becomes a `Double`; a number beyond any `Double` is
    /// refused.
    package init(_ value: JSONValue) throws(JSONMismatch) {
        switch value.kind {
        case .null: self = .null
        case .bool: self = .bool(value.bool ?? false)
        case .string: self = .string(value.string ?? "")
        case .number:
            if let integer = value.int {
                self = .int(integer)
            } else if let double = value.double {
                self = .double(double)
            } else {
                throw JSONMismatch(value.path, "number out of range")
            }
        case .array:
            var elements: [JSON] = []
            for element in value.elements { elements.append(try JSON(element)) }
            self = .array(elements)
        case .object:
            var members: [Member] = []
            for member in value.members { members.append(Member(member.name.string ?? "", try JSON(member.value))) }
            self = .object(members)
        }
    }

    package func write(to json: inout JSONWriter) {
        switch self {
        case .null: json.null()
        case .bool(let value): json.bool(value)
        case .int(let value): json.int(value)
        case .double(let value): json.double(value)
        case .string(let value): json.string(value)
        case .array(let elements):
            json.beginArray()
            for element in elements {
                json.element()
                element.write(to: &json)
            }
            json.endArray()
        case .object(let members):
            json.beginObject()
            for member in members {
                json.name(member.name)
                member.value.write(to: &json)
            }
            json.endObject()
        }
    }

    /// Compact text.
    package var text: [UInt8] {
        var json = JSONWriter()
        write(to: &json)
        return json.bytes
    }

    /// Text for people and for files under version control: two spaces a level, a final line feed.
    package var prettyText: [UInt8] {
        var json = JSONWriter()
        writePretty(to: &json, indent: 0)
        json.raw("\n")
        return json.bytes
    }

    private func writePretty(to json: inout JSONWriter, indent: Int) {
        func newLine(_ indent: Int, _ json: inout JSONWriter) {
            json.raw("\n")
            for _ in 0..<indent { json.raw("  ") }
        }
        switch self {
        case .array(let elements) where !elements.isEmpty:
            json.beginArray()
            for (position, element) in elements.enumerated() {
                if position > 0 { json.raw(",") }
                newLine(indent + 1, &json)
                element.writePretty(to: &json, indent: indent + 1)
            }
            newLine(indent, &json)
            json.endArray()
        case .object(let members) where !members.isEmpty:
            json.beginObject()
            for (position, member) in members.enumerated() {
                if position > 0 { json.raw(",") }
                newLine(indent + 1, &json)
                json.string(member.name)
                json.raw(": ")
                member.value.writePretty(to: &json, indent: indent + 1)
            }
            newLine(indent, &json)
            json.endObject()
        default:
            write(to: &json)
        }
    }
}
