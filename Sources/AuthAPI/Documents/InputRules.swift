internal import StrictJSON

/// What the documents say of params beyond their Swift types.
enum InputRules {
    /// RFC 5321 §4.5.3.1.3, without the angle brackets.
    static let longestEmail = 254

    /// No string on the wire holds U+0000.
    static let withoutNUL = #"^[^\x00]*$"#

    static func applied(to field: JSONShape.Field) -> JSONShape.Field {
        let shape = field.shape
        let isIdentifier = shape.format?.utf8.elementsEqual("uuid".utf8) ?? false
        guard shape.kind == .string, !isIdentifier, shape.cases == nil, shape.pattern == nil else { return field }
        return JSONShape.Field(field.name, shape.with { $0.pattern = withoutNUL }, isRequired: field.isRequired)
    }

    /// Whether a method judges this param as a password that is to be set.
    static func isNewPassword(_ field: JSONShape.Field) -> Bool { field.shape.minimumLength != nil }
}
