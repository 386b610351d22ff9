/// Why a hash that other software made is not taken over. Says nothing of the hash but what is wrong with it.
public struct HashRefusal: Error, Sendable, Equatable {
    public let reason: String

    public init(reason: String) {
        self.reason = reason
    }

    public static let unknown = HashRefusal(reason: "is of no form that is known here")
    static let malformed = HashRefusal(reason: "is not complete")

    /// - Parameter bounds: what is taken.
    package static func outOfBounds(_ bounds: String) -> HashRefusal {
        HashRefusal(reason: "costs too much or too little to be verified: taken are \(bounds)")
    }
}
