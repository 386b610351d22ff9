/// An email address that has been judged: the account that it means, and how it is answered.
///
/// Compared by the UTF-8 bytes of its canonical form; Swift's canonical equivalence would merge accounts that the
/// databases keep apart.
public struct Email: Sendable, Hashable, CustomStringConvertible {
    /// The canonical form, what an account is found by: its domain is in ASCII.
    public let address: String
    /// What an account made with it answers. Other than `address` only where the domain was written in other letters.
    public let spelling: String

    /// The caller vouches that both came out of `EmailPolicy.canonical`.
    init(canonical address: String, spelling: String) {
        self.address = address
        self.spelling = spelling
    }

    public var description: String { address }

    public static func == (left: Self, right: Self) -> Bool {
        left.address.utf8.elementsEqual(right.address.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        for byte in address.utf8 { hasher.combine(byte) }
    }
}
