/// What values of a type look like in JSON: enough for a JSON Schema and for saying what is wrong with a value.
package struct JSONShape: Sendable, Equatable {
    package indirect enum Kind: Sendable, Equatable {
        case any
        case string
        case integer
        case number
        case boolean
        case array(JSONShape)
        /// Fixed members, in the order in which the type declares them: also the order of positional params.
        case object([Field])
        /// An object with members of any name.
        case map(JSONShape)
    }

    package struct Field: Sendable, Equatable {
        package var name: String
        package var shape: JSONShape
        package var isRequired: Bool

        package init(_ name: String, _ shape: JSONShape, isRequired: Bool = true) {
            self.name = name
            self.shape = shape
            self.isRequired = isRequired
        }
    }

    package var kind: Kind
    package var isNullable = false
    package var format: String?
    package var summary: String?
    /// The only values allowed, of a string.
    package var cases: [String]?
    package var minimumLength: Int?
    package var maximumLength: Int?
    /// What an integer may be.
    package var range: ClosedRange<Int>?
    /// A regular expression (ECMA-262) that a string matches.
    package var pattern: String?

    package init(_ kind: Kind) { self.kind = kind }

    package static let any = JSONShape(.any)
    package static let string = JSONShape(.string)
    package static let integer = JSONShape(.integer)
    package static let number = JSONShape(.number)
    package static let boolean = JSONShape(.boolean)

    package static func string(format: String) -> JSONShape { string.with { $0.format = format } }
    package static func string(cases: [String]) -> JSONShape { string.with { $0.cases = cases } }
    package static func array(of element: JSONShape) -> JSONShape { JSONShape(.array(element)) }
    package static func object(_ fields: [Field]) -> JSONShape { JSONShape(.object(fields)) }

    /// A copy with some things changed: `.string.with { $0.maximumLength = 128 }`.
    package func with(_ change: (inout JSONShape) -> Void) -> JSONShape {
        var copy = self
        change(&copy)
        return copy
    }

    /// The fields of an object; of anything else, none.
    package var fields: [Field] {
        if case .object(let fields) = kind { fields } else { [] }
    }
}

extension JSONShape.Kind {
    /// What to expect instead of a value of `found`; nil where `found` may fit.
    func noun(unless found: JSONKind) -> String? {
        switch self {
        case .any: nil
        case .string: found == .string ? nil : "a string"
        case .integer: found == .number ? nil : "an integer"
        case .number: found == .number ? nil : "a number"
        case .boolean: found == .bool ? nil : "a boolean"
        case .array: found == .array ? nil : "an array"
        case .object, .map: found == .object ? nil : "an object"
        }
    }
}
