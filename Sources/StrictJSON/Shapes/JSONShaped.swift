/// A type that says itself what its JSON looks like, because its decoder does not show it or refuses made-up values:
/// an identifier, an enumeration, a checked string.
package protocol JSONShaped {
    static var jsonShape: JSONShape { get }
    /// Any value at all: what ``ShapeProbe`` gives to a type that contains this one.
    static var shapePlaceholder: Self { get }
}

extension JSONShaped where Self: RawRepresentable & CaseIterable, RawValue == String {
    package static var jsonShape: JSONShape { .string(cases: allCases.map(\.rawValue)) }

    package static var shapePlaceholder: Self {
        guard let first = allCases.first else { preconditionFailure("\(Self.self) has no cases") }
        return first
    }
}

extension JSON: JSONShaped {
    package static var jsonShape: JSONShape { .any }
    package static var shapePlaceholder: JSON { .null }
}
