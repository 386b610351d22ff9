package import StrictJSON

package struct ListApps: RPCMethod {
    package init() {}

    package struct Reply: Codable, Sendable, JSONExplained {
        package let apps: [AppReport]

        package init(apps: [AppReport]) {
            self.apps = apps
        }

        package static let meanings: [String: MemberMeaning] = ["apps": "The apps, by name."]
    }

    package static let spec = MethodSpec(
        "admin.list_apps",
        "Lists the apps: those of the configuration, and who else has called since the start, as `uid-…` or `local`.",
        role: .admin, cost: .memory, isIdempotent: true)

    package static let example = (
        params: ListApps(),
        reply: Reply(apps: [
            AppReport(
                name: "forum", isConfigured: true, roles: [.client], methods: ["auth.login", "token.verify"],
                connections: 4, calls: 1042)
        ])
    )
}

/// What an app may do, and does.
package struct AppReport: Codable, Sendable, JSONExplained {
    package let name: String
    package let isConfigured: Bool
    package let roles: [PeerRole]?
    package let methods: [String]?
    package let connections: Int
    package let calls: Int

    package init(
        name: String, isConfigured: Bool, roles: [PeerRole]? = nil, methods: [String]? = nil, connections: Int,
        calls: Int
    ) {
        self.name = name
        self.isConfigured = isConfigured
        self.roles = roles
        self.methods = methods
        self.connections = connections
        self.calls = calls
    }

    package static let meanings: [String: MemberMeaning] = [
        "name": "The name of the app.",
        "is_configured": "Whether the configuration names it.",
        "roles": "The roles that the configuration gives it.",
        "methods": "The methods that it may call. Absent where its roles decide alone.",
        "connections": "Connections that are open.",
        "calls": "How many calls it has made since the start.",
    ]
}
