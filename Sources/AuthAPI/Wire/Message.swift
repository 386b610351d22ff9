package import StrictJSON

/// An answer that says only that something was done.
public struct Message: Codable, Sendable, Equatable {
    public let message: String

    package init(_ message: String) {
        self.message = message
    }
}

extension Message: JSONExplained {
    package static let meanings: [String: MemberMeaning] = ["message": "What was done, for people."]
}
