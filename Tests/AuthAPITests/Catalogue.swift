import AuthAPI
import StrictJSON
import Testing

/// A method of the catalogue as the argument of a test.
struct CatalogueMethod: Sendable, CustomTestStringConvertible {
    let type: any RPCMethod.Type

    var spec: MethodSpec { type.spec }
    var testDescription: String { spec.name }

    static let all = authAPI.methods.map { CatalogueMethod(type: $0) }
}

extension JSON {
    /// The elements of an array; of anything else, none.
    var elements: [JSON] {
        if case .array(let elements) = self { elements } else { [] }
    }

    /// The members of an object; of anything else, none.
    var members: [Member] {
        if case .object(let members) = self { members } else { [] }
    }

    var names: [String] { members.map(\.name) }

    /// The value at the end of `path`, member by member.
    func at(_ path: String...) -> JSON? {
        path.reduce(self) { $0?[$1] }
    }

    static func read(_ text: [UInt8]) throws -> JSON {
        var scanner = JSONScanner()
        return try JSON(try scanner.scan(text))
    }
}

/// The compact text of a value as it goes over the wire.
func wireText(_ value: some Encodable) throws -> String {
    String(decoding: try JSONEncoding.text(of: value), as: UTF8.self)
}
