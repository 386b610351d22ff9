package import AuthSettings
internal import MVPAuth
internal import Host

/// Everything that the daemon refuses before it serves, beyond the form of its settings. `mvp-auth check` asks the same.
package struct Preflight {
    /// What stops the start, a sentence each.
    package private(set) var faults: [String] = []
    /// What does not, and is worth a word.
    package private(set) var warnings: [String] = []
    /// Directories that are not there (yet): the start of a service may make them.
    package private(set) var missing: [String] = []

    private let settings: DaemonSettings
    private let isDevelopment: Bool
    private let inheritsSockets: Bool

    /// - Parameters:
    ///   - source: where the settings come from; a setting that is wrong in itself is not judged again.
    package init(_ settings: DaemonSettings, from source: SettingSource, isDevelopment: Bool) {
        self.settings = settings
        self.isDevelopment = isDevelopment
        inheritsSockets = source.variable("LISTEN_FDS") != nil
        let isKeyWrong = ["AUTH_SECRET_KEY", "AUTH_PRIVATE_KEY_FILE", "AUTH_ALGORITHM"].contains { source.isWrong($0) }
        if !isKeyWrong { judgeKey() }
        if !source.isWrong("AUTH_DATABASE_URL") { judgeDatabase() }
        judgeGroups()
        if !source.isWrong("AUTH_EMAIL_SINK") { judgeEmail() }
        judgeDirectories()
    }

    private mutating func judgeKey() {
        var found: [String] = []
        let settings = settings
        take(Self.outcome { _ = try Keys.load(settings, makesKey: false) { found.append($0) } })
        warnings += found
    }

    private mutating func judgeDatabase() {
        let settings = settings
        take(
            Self.outcome {
                guard case .sqlite(let path) = try StoreLocation(settings), settings.database.url != nil else { return }
                let directory: String = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
                guard !directory.isEmpty, !TrustedDirectory.exists(directory) else { return }
                throw SettingsError("The directory \(printable(directory)) of the database does not exist.")
            })
    }

    private mutating func judgeGroups() {
        if let group = settings.server.socketGroup, HostAccounts.gid(of: group) == nil {
            faults.append("MVP_AUTH_SOCKET_GROUP: the group \(printable(group)) does not exist.")
        }
        for app in settings.server.apps {
            guard let group = app.socket?.group, HostAccounts.gid(of: group) == nil else { continue }
            faults.append("AUTH_APPS_FILE: the group \(printable(group)) of the socket of \(app.name) does not exist.")
        }
    }

    private mutating func judgeEmail() {
        let sink = settings.email.sink(isDevelopment: isDevelopment)
        // That they wait for a subscriber has to be said, where everybody depends on there being one.
        let isSure = sink == .log || (sink == .socket && settings.email.isSinkChosen)
        guard settings.policy.requiresVerifiedEmail, !isSure else { return }
        faults.append(
            "AUTH_REQUIRE_EMAIL_VERIFICATION is true, but no email is sent, so nobody could ever sign in: "
                + "AUTH_EMAIL_SINK must be socket or log.")
    }

    private mutating func judgeDirectories() {
        // Sockets that are inherited need no directory of ours.
        let runtime = inheritsSockets ? [] : [(settings.directories.runtime, "runtime")]
        for (path, purpose) in [(settings.directories.state, "state")] + runtime {
            guard let complaint = TrustedDirectory.complaint(path, for: purpose, allowsSticky: purpose == "runtime")
            else { continue }
            if TrustedDirectory.exists(path) { faults.append(complaint) } else { missing.append(complaint) }
        }
    }

    private mutating func take(_ outcome: (faults: [String], missing: [String])) {
        faults += outcome.faults
        missing += outcome.missing
    }

    private static func outcome(_ body: () throws -> Void) -> (faults: [String], missing: [String]) {
        do {
            try body()
            return ([], [])
        } catch let error as SettingsError {
            return (error.sentences, [])
        } catch {
            return ([], ["\(error)"])
        }
    }
}
