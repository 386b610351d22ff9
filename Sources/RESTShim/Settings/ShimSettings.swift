internal import AuthAPI
package import AuthSettings
internal import Host

/// Everything that an operator can set on the shim. This is the one list: a setting has a line here, with its variable
/// and its flag.
package struct ShimSettings {
    package private(set) var configuration = ShimConfiguration()
    /// Where the daemon's socket may be.
    package let sockets: [String]
    /// The uid that the daemon runs as, where it is checked.
    package let daemonUser: UInt32?

    /// Throws every setting that is wrong.
    ///
    /// - Parameter option: what the command line says for a flag.
    package init(from value: SettingSource, option: (String) -> String? = { _ in nil }) throws(SettingsError) {
        value.begin("Listening")
        configuration.address = value(
            Setting(
                "MVP_AUTH_HTTP_LISTEN", flag: "listen", "Where it listens.", allowed: "HOST:PORT or unix:///path",
                default: .standard, shown: "127.0.0.1:8080"
            ) { try ListenAddress($0) }, option("listen"))
        configuration.metricsAddress = value(
            Setting<ListenAddress?>(
                "MVP_AUTH_HTTP_METRICS", flag: "metrics",
                "Where it tells Prometheus what it counts, at /metrics and nothing else.",
                allowed: "HOST:PORT or unix:///path", default: nil
            ) { .some(try ListenAddress($0)) }, option("metrics"))
        value.begin("The daemon")
        let directory = value(
            .text("MVP_AUTH_RUNTIME_DIR", "Where the daemon's socket is looked for, when it is not named."))
        let named = value(
            .text("MVP_AUTH_SOCKET", flag: "socket", "The daemon's socket, unix:///path."), option("socket"))
        sockets = SocketPath.candidates { name in
            switch name {
            case "MVP_AUTH_SOCKET": named
            case "MVP_AUTH_RUNTIME_DIR": directory
            default: value.variable(name)
            }
        }
        value.begin("Routes")
        configuration.prefix = value(
            Setting(
                "MVP_AUTH_HTTP_PREFIX", flag: "prefix", "What every route begins with.",
                allowed: "a path of the form /auth, or / for none", default: configuration.prefix
            ) { try ShimConfiguration.prefix($0) }, option("prefix"))
        let included = value(
            Self.list(
                "MVP_AUTH_HTTP_INCLUDE", flag: "include", "Serves only these groups and routes.", allowed: Self.routes
            ) {
                try ShimConfiguration.routes(including: $0, excluding: [])
            }, option("include"))
        let excluded = value(
            Self.list(
                "MVP_AUTH_HTTP_EXCLUDE", flag: "exclude", "Does not serve these groups and routes.",
                allowed: Self.routes
            ) {
                try ShimConfiguration.routes(including: nil, excluding: $0)
            }, option("exclude"))
        do throws(StartFailure) {
            configuration.routes = try ShimConfiguration.routes(including: included, excluding: excluded ?? [])
        } catch {
            value.note([error.description])
        }
        let hasPages = value(
            .flag(
                "MVP_AUTH_HTTP_PAGES", flag: "pages",
                "Whether it has the pages that the links of emails lead to, /verify-email and /reset-password."),
            option("pages"))
        let texts = value(
            Setting<PageTexts?>(
                "MVP_AUTH_HTTP_PAGES_TEXTS", flag: "pages-texts", "Texts for these pages, a file NAME.txt for each.",
                allowed: "the path of a directory", default: nil
            ) { .some(try PageTexts(directory: $0)) }, option("pages-texts"))
        configuration.pages = hasPages ? texts ?? PageTexts() : nil
        value.begin("Clients")
        let proxies = value(
            Self.list(
                "MVP_AUTH_HTTP_TRUSTED_PROXIES", flag: "trusted-proxy", "Proxies whose X-Forwarded-For is believed.",
                allowed: "addresses and CIDR ranges, or unix, separated by commas"
            ) { for proxy in $0 { _ = try TrustedProxy(proxy) } },
            option("trusted-proxy"))
        configuration.trustedProxies = (proxies ?? []).compactMap { try? TrustedProxy($0) }
        let origins = value(
            Self.list(
                "MVP_AUTH_HTTP_CORS_ORIGINS", flag: "cors-origin", "Origins whose pages may call it from a browser.",
                allowed: "origins of the form https://app.example.org, separated by commas, or * alone"
            ) { try AllowedOrigins($0) }, option("cors-origin"))
        configuration.origins = (try? AllowedOrigins(origins ?? [])) ?? .nobody
        value.begin("Listening")
        configuration.unixSocket.mode = value(
            Setting(
                "MVP_AUTH_HTTP_SOCKET_MODE", flag: "socket-mode", "The mode of a Unix socket that it makes.",
                allowed: "octal and of the form 0660", default: configuration.unixSocket.mode, shown: "0660"
            ) { try UnixSocketAccess.mode($0) }, option("socket-mode"))
        configuration.unixSocket.group = value(
            .text("MVP_AUTH_HTTP_SOCKET_GROUP", flag: "socket-group", "The group of a Unix socket that it makes."),
            option("socket-group"))
        value.begin("The daemon")
        daemonUser = value(
            Setting<UInt32?>(
                "MVP_AUTH_DAEMON_USER", flag: "daemon-user",
                "Who the daemon runs as; a socket that somebody else serves is not used.",
                allowed: "the name or the number of a user of this host", default: nil
            ) { text in (UInt32(text) ?? HostAccounts.uid(of: text)).map { .some($0) } }, option("daemon-user"))
        value.begin("The process")
        configuration.logsRequests = value(
            .flag("MVP_AUTH_HTTP_LOG_REQUESTS", flag: "dev", "Whether every request is a line in the log."),
            option("dev"))
        Self.limits(&configuration.limits, from: value)
        try value.finish()
    }

    private static func limits(_ limits: inout ShimConfiguration.Limits, from value: SettingSource) {
        value.begin("Limits")
        for limit in ShimConfiguration.Limits.adjustable {
            let setting = Setting<Int64>.integer(
                "MVP_AUTH_HTTP_LIMIT_\(limit.name.uppercased())", limit.summary, limit.range,
                default: limit.value(limits))
            limit.set(&limits, value(setting))
        }
    }

    private static let routes =
        "groups (core, verify, password, sessions) and names of routes (login, change_password), separated by commas"

    /// A setting of words that commas or spaces separate; `check` throws what is wrong with them.
    private static func list<Checked>(
        _ name: String, flag: String, _ summary: String, allowed: String,
        check: @escaping @Sendable ([String]) throws -> Checked
    ) -> Setting<[String]?> {
        Setting<[String]?>(name, flag: flag, summary, allowed: allowed, default: nil) { text in
            let words = text.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init)
            _ = try check(words)
            return words
        }
    }
}
