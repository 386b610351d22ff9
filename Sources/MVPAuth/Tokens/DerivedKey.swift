/// A key of the service for one purpose, derived from the key that signs tokens: every daemon that signs with the same
/// one derives the same, and what is made with it is of no use for another purpose.
public protocol DerivedKey: Sendable {
    /// HMAC-SHA-256 of a message (RFC 2104): 32 bytes.
    func code(of message: [UInt8]) -> [UInt8]

    /// Writes bytes as text in base64url that only this key opens, and only in the same context. They can be read by
    /// anybody.
    func seal(_ bytes: [UInt8], in context: [UInt8]) -> String

    /// Nil for any text but those that `seal` makes in this context: one spelling each.
    func open(_ text: String, in context: [UInt8]) -> [UInt8]?
}
