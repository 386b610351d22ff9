internal import MVPAuth
internal import StrictJSON

/// What the documents say of params beyond their Swift types: which text is an address, and how long a new password is.
enum InputRules {
    /// RFC 5321 §4.5.3.1.3, without the angle brackets.
    static let longestEmail = 254

    static func applied(to field: JSONShape.Field, of spec: MethodSpec) -> JSONShape.Field {
        guard field.shape.kind == .string else { return field }
        var field = field
        if isEmail(field.name) {
            field.shape.maximumLength = longestEmail
        } else if isNewPassword(field.name, of: spec) {
            let policy = PasswordPolicy()
            field.shape.minimumLength = policy.minimumLength
            field.shape.maximumLength = policy.maximumLength
            field.shape.summary = (field.shape.summary ?? "") + " " + newPassword
        }
        let isIdentifier = field.shape.format?.utf8.elementsEqual("uuid".utf8) ?? false
        if !isIdentifier, field.shape.cases == nil, field.shape.pattern == nil { field.shape.pattern = withoutNUL }
        return field
    }

    /// No string on the wire holds U+0000.
    static let withoutNUL = #"^[^\x00]*$"#

    private static let newPassword = """
        At least 8 characters (the service may be set to want more), at most 128, not the account's address or a part of \
        it, and none of the most common passwords, unless the service is set to allow those.
        """

    private static func isEmail(_ name: String) -> Bool { name.utf8.elementsEqual("email".utf8) }

    /// Whether a method judges this param as a password that is to be set.
    static func isNewPassword(_ name: String, of spec: MethodSpec) -> Bool {
        guard spec.errors.contains(.passwordValidation) else { return false }
        return name.utf8.elementsEqual("password".utf8) || name.utf8.elementsEqual("new_password".utf8)
    }
}
