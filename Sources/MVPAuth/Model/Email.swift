/// A canonical email address: what an account is found by and what mail is sent to.
///
/// Compared by its UTF-8 bytes; Swift's canonical equivalence would merge accounts that the databases keep apart.
public struct Email: Sendable, Hashable, CustomStringConvertible {
    public let address: String

    /// The caller vouches that `address` came out of `EmailPolicy.canonical`.
    init(canonical address: String) {
        self.address = address
    }

    public var description: String { address }

    public static func == (left: Self, right: Self) -> Bool {
        left.address.utf8.elementsEqual(right.address.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        for byte in address.utf8 { hasher.combine(byte) }
    }
}
