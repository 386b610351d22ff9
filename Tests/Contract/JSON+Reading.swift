package import StrictJSON

extension JSON {
    /// The elements of an array; of anything else, none.
    package var elements: [JSON] {
        if case .array(let elements) = self { elements } else { [] }
    }

    /// The members of an object; of anything else, none.
    package var members: [Member] {
        if case .object(let members) = self { members } else { [] }
    }

    package var names: [String] { members.map(\.name) }

    /// The value at the end of `path`, member by member.
    package func at(_ path: String...) -> JSON? {
        path.reduce(self) { $0?[$1] }
    }

    /// What a reference in this document (`#/components/schemas/Error`) stands for; anything else stands for itself.
    package func resolving(_ value: JSON) -> JSON {
        guard let reference = value["$ref"]?.string, reference.utf8.starts(with: "#/".utf8) else { return value }
        return reference.split(separator: "/").dropFirst().reduce(self) { $0[String($1)] ?? .null }
    }

    package static func read(_ text: [UInt8]) throws -> JSON {
        var scanner = JSONScanner()
        return try JSON(try scanner.scan(text))
    }
}

/// The compact text of a value as it goes over the wire.
package func wireText(_ value: some Encodable) throws -> String {
    String(decoding: try JSONEncoding.text(of: value), as: UTF8.self)
}
