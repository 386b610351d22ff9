package import StrictJSON

/// A program and its version.
package struct Software: Codable, Sendable, Equatable {
    package let name: String
    package let version: String

    package init(name: String, version: String) {
        self.name = name
        self.version = version
    }

    package static let mvpAuth = Software(name: "mvp-auth", version: "0.1.0")
}

/// Who a peer is, by the kernel and by configuration.
package struct PeerDescription: Codable, Sendable {
    package let uid: Int
    package let gid: Int
    package let app: String
    package let roles: [Role]

    package init(uid: Int, gid: Int, app: String, roles: [Role]) {
        self.uid = uid
        self.gid = gid
        self.app = app
        self.roles = roles
    }
}

extension Role: JSONShaped {
    package static var jsonShape: JSONShape { .string(cases: ["client", "trusted", "hooks", "admin"]) }
    package static var shapePlaceholder: Self { .client }

    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let role = Self(rawValue: text), role != .any else {
            throw Malformed(mismatchReason: "must be one of client, trusted, hooks, admin")
        }
        self = role
    }
}
