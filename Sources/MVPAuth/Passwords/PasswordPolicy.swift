/// What a new password must be. No composition rules (NIST SP 800-63B-4 §3.1.1.2).
public struct PasswordPolicy: Sendable {
    /// In Unicode scalars after NFC.
    public var minimumLength: Int
    public var maximumLength: Int
    /// Whether the most common passwords are refused.
    public var refusesCommon = true

    /// Longer input is refused before anything is computed from it.
    public static let maximumBytes = 1024

    public init(minimumLength: Int = 8, maximumLength: Int = 128) {
        self.minimumLength = minimumLength
        self.maximumLength = maximumLength
    }

    /// Throws `PASSWORD_VALIDATION`, naming the field and the reason.
    ///
    /// - Parameter email: the account's address: it, its local part and its domain are no passwords for it.
    func check(_ password: Secret, field: String, email: String) throws(AuthError) {
        let text = password.reveal()
        func refuse(_ message: String, _ reason: String) -> AuthError {
            AuthError(.passwordValidation, message, fields: [.init(field, reason)])
        }
        guard text.utf8.count <= Self.maximumBytes else {
            throw refuse("The password is longer than \(Self.maximumBytes) bytes.", "too_long")
        }
        guard !text.utf8.contains(0) else { throw refuse("The password contains U+0000.", "invalid_character") }
        let normalized = nfc(text)
        let length = normalized.unicodeScalars.count
        guard length >= minimumLength else {
            throw refuse("The password is shorter than \(minimumLength) characters.", "too_short")
        }
        guard length <= maximumLength else {
            throw refuse("The password is longer than \(maximumLength) characters.", "too_long")
        }
        let folded = normalized.lowercased()
        let parts = email.lowercased().utf8.split(separator: UInt8(ascii: "@")).map { Array($0) }
        let context = parts + [Array(email.lowercased().utf8), Array("mvp-auth".utf8), Array("mvpauth".utf8)]
        guard !context.contains(Array(folded.utf8)) else {
            throw refuse("The password is the address or a part of it.", "context_word")
        }
        guard !refusesCommon || !CommonPasswords.contains(folded) else {
            throw refuse("The password is one of the most common passwords.", "common_password")
        }
    }

    /// Whether any account could have this password: nothing longer is ever hashed.
    static func isPlausible(_ password: Secret) -> Bool {
        let bytes = password.reveal().utf8
        return !bytes.isEmpty && bytes.count <= maximumBytes && !bytes.contains(0)
    }
}
