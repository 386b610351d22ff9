package import StrictJSON

/// Who a peer is, by the kernel and by configuration.
package struct PeerDescription: Codable, Sendable, JSONExplained {
    package let uid: Int
    package let gid: Int
    package let app: String
    package let roles: [PeerRole]

    package init(uid: Int, gid: Int, app: String, roles: [PeerRole]) {
        self.uid = uid
        self.gid = gid
        self.app = app
        self.roles = roles
    }

    package static let meanings: [String: MemberMeaning] = [
        "uid": "The user of the caller, by the kernel.",
        "gid": "The group of the caller, by the kernel.",
        "app": "The application for which the peer speaks.",
        "roles": "The roles of the connection.",
    ]
}

extension PeerRole: JSONShaped {
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
