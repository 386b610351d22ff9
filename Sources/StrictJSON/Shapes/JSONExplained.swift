/// A type that says what its members mean, for the documents.
package protocol JSONExplained {
    /// By the members' names on the wire.
    static var meanings: [String: MemberMeaning] { get }
}

/// What a member means, and what is known of its values beyond their Swift type.
package struct MemberMeaning: Sendable, ExpressibleByStringLiteral {
    private let summary: String
    private let refine: @Sendable (inout JSONShape) -> Void

    /// - Parameter refine: adds to the shape what the type does not tell: a format, a length.
    package init(_ summary: String, refine: @escaping @Sendable (inout JSONShape) -> Void = { _ in }) {
        self.summary = summary
        self.refine = refine
    }

    package init(stringLiteral summary: String) {
        self.init(summary)
    }

    /// The shape with its meaning. One that explains itself keeps its own.
    func added(to shape: JSONShape) -> JSONShape {
        shape.with { shape in
            shape.summary = shape.summary ?? summary
            refine(&shape)
        }
    }
}

extension JSONShape {
    /// The members with what the type says of them.
    func explained(by meanings: [String: MemberMeaning]) -> JSONShape {
        guard case .object(let fields) = kind else { return self }
        return with { shape in
            shape.kind = .object(
                fields.map { field in
                    guard let meaning = meanings[field.name] else { return field }
                    return Field(field.name, meaning.added(to: field.shape), isRequired: field.isRequired)
                })
        }
    }
}
