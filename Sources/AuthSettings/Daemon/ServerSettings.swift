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
    /// Milliseconds after which a call is a line in the log; 0: never.
    package let slowCall: (ordinary: Int64, hashing: Int64)

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
        slowCall = (
            value(
                Self.duration(
                    "AUTH_SLOW_CALL_SECONDS",
                    "How long a call that hashes no password may take until it is a line in the log.", default: 1000)),
            value(
                Self.duration(
                    "AUTH_SLOW_HASHING_SECONDS",
                    "The same for a call that hashes a password, with the time that it waits for its turn.",
                    default: 5000))
        )
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

    /// Of at most an hour, in milliseconds.
    private static func duration(_ name: String, _ summary: String, default fallback: Int64) -> Setting<Int64> {
        Setting<Int64>(
            name, summary, allowed: "seconds from 0.001 to 3600, or 0 for never", default: fallback,
            shown: "\(fallback / 1000)"
        ) { text in
            guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }),
                let seconds = Double(text), (0...3600).contains(seconds)
            else { return nil }
            let milliseconds = Int64((seconds * 1000).rounded())
            return milliseconds > 0 || seconds == 0 ? milliseconds : nil
        }
    }
}
