package import StrictJSON

/// A program and its version.
package struct Software: Codable, Sendable, Equatable, JSONExplained {
    package let name: String
    package let version: String

    package init(name: String, version: String) {
        self.name = name
        self.version = version
    }

    package static let meanings: [String: MemberMeaning] = [
        "name": "The name of the program.", "version": "The version of the program.",
    ]

    package static let mvpAuth = Software(name: "mvp-auth", version: "0.1.0")
}
