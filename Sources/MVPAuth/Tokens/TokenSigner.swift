/// Signs and checks tokens (RFC 7515, RFC 7519).
public protocol TokenSigner: Sendable {
    func sign(_ claims: Claims) throws(AuthError) -> Secret

    /// Checks spelling, signature and structure, not time and not revocation. Every failure is `TOKEN_INVALID`.
    /// The algorithm is the key's, never the token's choice.
    func verify(_ token: String) throws(AuthError) -> Claims

    /// Whether a signature costs so little that it may be made on a thread which others wait for.
    var signsQuickly: Bool { get }

    /// Lower-case hexadecimal SHA-256 of the text's UTF-8 bytes.
    func sha256(_ text: String) -> String

    /// A key for one purpose, such as `mvp-auth/cursor`: HKDF-SHA-256 of the signing key (RFC 5869), with the purpose as
    /// its info.
    func derivedKey(for purpose: String) -> any DerivedKey

    /// Signs tokens of one purpose, by HS256 and a key that is derived as above.
    func derivedSigner(for purpose: String) -> any TokenSigner
}
