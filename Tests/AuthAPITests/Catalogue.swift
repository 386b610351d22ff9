import AuthAPI
import Testing

/// A method of the catalogue as the argument of a test.
struct CatalogueMethod: Sendable, CustomTestStringConvertible {
    let type: any RPCMethod.Type

    var spec: MethodSpec { type.spec }
    var testDescription: String { spec.name }

    static let all = authAPI.methods.map { CatalogueMethod(type: $0) }
}
