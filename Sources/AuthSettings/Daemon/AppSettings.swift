package import AuthAPI
internal import MVPAuth
internal import Host
internal import StrictJSON

/// An app of this host as the file says that `AUTH_APPS_FILE` names:
///
/// ```json
/// {"apps": [
///   {"name": "shop", "users": ["shop"], "roles": ["client", "trusted"], "audience": "https://shop.example.org"},
///   {"name": "blog", "socket": {"group": "blog"}, "methods": ["auth.*", "token.verify"], "calls_per_second": 200}
/// ]}
/// ```
package struct AppSettings: Sendable, Decodable {
    package let name: String
    package let socket: Socket?
    package let users: [String]?
    package let groups: [String]?
    package let roles: [PeerRole]?
    package let methods: [String]?
    package let audience: String?
    package let callsPerSecond: Int?
    package let burst: Int?
    package let hooks: Hooks?
    package let links: String?
    package let assertsAddresses: Bool?

    /// Whose messages a subscriber is handed.
    package enum Hooks: String, NamedCase { case own, all }

    package struct Socket: Sendable, Decodable {
        package let group: String?
    }

    package func uids() throws(SettingsError) -> Set<UInt32> {
        try numbers(users, "user") { HostAccounts.uid(of: $0) }
    }

    package func gids() throws(SettingsError) -> Set<UInt32> {
        try numbers(groups, "group") { HostAccounts.gid(of: $0) }
    }

    private func numbers(
        _ names: [String]?, _ noun: String, _ find: (String) -> UInt32?
    ) throws(SettingsError) -> Set<UInt32> {
        var numbers: Set<UInt32> = []
        for text in names ?? [] {
            guard let number = UInt32(text) ?? find(text) else {
                throw SettingsError("AUTH_APPS_FILE: the \(noun) \"\(printable(text))\" of \(name) does not exist.")
            }
            numbers.insert(number)
        }
        return numbers
    }
}

extension AppSettings {
    private struct File: Decodable {
        let apps: [AppSettings]
    }

    /// Reads the file whole and checks it: whoever is two apps at once would be either by chance.
    static func load(_ path: String) throws(SettingsError) -> [AppSettings] {
        let bytes = try TrustedFile.read(path, called: "AUTH_APPS_FILE:")
        let apps: [AppSettings]
        do {
            var scanner = JSONScanner()
            let value = try bytes.withUnsafeBytes { try scanner.scanFlawless($0) }
            apps = try JSONDecoding.decode(File.self, from: value).apps
        } catch let error as JSONMismatches {
            let reasons = error.all.map { "\($0.path) \($0.reason)" }.joined(separator: "; ")
            throw SettingsError("AUTH_APPS_FILE: \(path): \(printable(reasons)).")
        } catch {
            throw SettingsError("AUTH_APPS_FILE: \(path) is not JSON: \(error).")
        }
        try check(apps)
        return apps
    }

    private static func check(_ apps: [AppSettings]) throws(SettingsError) {
        var names: Set<[UInt8]> = []
        var users: Set<UInt32> = []
        var groups: Set<UInt32> = []
        for app in apps {
            try app.check()
            let (uids, gids) = (try app.uids(), try app.gids())
            guard names.insert(Array(app.name.utf8)).inserted, users.isDisjoint(with: uids),
                groups.isDisjoint(with: gids)
            else {
                throw SettingsError("AUTH_APPS_FILE: the name, a user or a group of \(app.name) is another app's too.")
            }
            users.formUnion(uids)
            groups.formUnion(gids)
        }
    }

    private func check() throws(SettingsError) {
        let isName =
            (1...32).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
            }
        guard isName else {
            throw SettingsError(
                "AUTH_APPS_FILE: the name \"\(printable(name))\" must be 1 to 32 of a to z, 0 to 9 and hyphens.")
        }
        for pattern in methods ?? [] {
            let isKnown = authAPI.methods.contains { MethodPattern.matches(pattern, $0.spec.name) }
            guard isKnown else {
                throw SettingsError(
                    "AUTH_APPS_FILE: no method is called \"\(printable(pattern))\" for \(name); "
                        + "it can be as auth.login or auth.*.")
            }
        }
        guard (callsPerSecond ?? 1) > 0, (callsPerSecond ?? 1) <= 1_000_000, (burst ?? 1) > 0, (burst ?? 1) <= 1_000_000
        else {
            throw SettingsError(
                "AUTH_APPS_FILE: calls_per_second and burst of \(name) must be integers from 1 to 1000000.")
        }
        guard audience.map({ !$0.isEmpty && $0.utf8.count <= 256 }) ?? true else {
            throw SettingsError("AUTH_APPS_FILE: the audience of \(name) must have 1 to 256 bytes.")
        }
    }
}
