/// The shapes of types.
package enum Shape {
    /// The shape of `type`, fields in the order of their declaration.
    ///
    /// It is found by running the type's `init(from:)` with a ``ShapeProbe``. A type that refuses made-up values (an
    /// empty string, zero) has to be ``JSONShaped``: that is a mistake in this program, and stops it.
    package static func of<T: Decodable>(_ type: T.Type) -> JSONShape {
        guard let shape = probe(type) else {
            preconditionFailure("\(type) refuses made-up values: conform it, or the member that does, to JSONShaped")
        }
        return shape
    }

    /// The shape of `type`, nil for a type that refuses made-up values.
    package static func probe<T: Decodable>(_ type: T.Type) -> JSONShape? {
        try? ShapeProbe.run(type, inside: []).shape
    }
}
