package import AuthAPI

/// What the daemon serves on its sockets, to whom, and how much of it.
package struct ServerSettings: Sendable {
    package let socketGroup: String?
    package let apps: [AppSettings]
    package let logLevel: LogLevel
    /// Nil: one for each core.
    package let eventLoops: Int?
    package let openFiles: Int
    package let limits: Limits

    init(reading value: SettingSource) {
        value.begin("Sockets and apps")
        socketGroup = value(.text("MVP_AUTH_SOCKET_GROUP", "The group of the application socket."))
        apps =
            value(
                Setting<[AppSettings]?>(
                    "AUTH_APPS_FILE", "The apps of this host as JSON: who they are and what they may do.",
                    allowed: "the path of a file", default: nil
                ) { .some(try AppSettings.load($0)) }) ?? []
        value.begin("The process")
        logLevel = value(.choice("AUTH_LOG_LEVEL", "How much is logged.", default: .info))
        eventLoops = value.coreCount("AUTH_EVENT_LOOPS")
        openFiles = Int(
            value(
                .integer(
                    "AUTH_OPEN_FILES", "Raises the limit of open files, as far as allowed.", 64...1_048_576,
                    default: 65_536)))
        value.begin("Limits")
        var limits = Limits()
        for limit in Limits.adjustable {
            let standard = Int64(limits[keyPath: limit.place])
            limits[keyPath: limit.place] = Int(
                value(
                    .integer(
                        "AUTH_LIMIT_\(limit.name.wireName.uppercased())", limit.summary,
                        Int64(limit.range.lowerBound)...Int64(limit.range.upperBound), default: standard)))
        }
        self.limits = limits
    }
}
