internal import ArgumentParser
internal import AuthAPI
internal import AuthSettings
internal import RESTShim

/// The shim's options. Each is a setting too: see `ShimSettings`.
struct ShimOptions: ParsableArguments {
    @Option(help: "HOST:PORT or unix:///path. [MVP_AUTH_HTTP_LISTEN] (default: 127.0.0.1:8080)")
    var listen: String?

    @Option(help: "The daemon's socket, unix:///path. [MVP_AUTH_SOCKET]")
    var socket: String?

    @Option(help: "What every route begins with. [MVP_AUTH_HTTP_PREFIX] (default: /auth)")
    var prefix: String?

    @Option(help: "Serve only these groups: core, verify, password, sessions. [MVP_AUTH_HTTP_INCLUDE]")
    var include: String?

    @Option(help: "Do not serve these groups. [MVP_AUTH_HTTP_EXCLUDE]")
    var exclude: String?

    @Option(help: "Whose X-Forwarded-For is believed: CIDR ranges, or unix. [MVP_AUTH_HTTP_TRUSTED_PROXIES]")
    var trustedProxy: [String] = []
}

/// Everything that an operator can set on the shim. This is the one list: a setting has a line here, with its variable
/// and its flag, and a line for the flag in `ShimOptions`.
struct ShimSettings {
    var configuration = ShimConfiguration()
    /// The path of the daemon's socket.
    let socket: String

    /// Throws every setting that is wrong.
    init(from value: SettingSource, _ options: ShimOptions) throws(SettingsError) {
        configuration.address = value(
            Setting(
                "MVP_AUTH_HTTP_LISTEN", flag: "listen", "Where it listens.", allowed: "HOST:PORT or unix:///path",
                default: .standard, shown: "127.0.0.1:8080"
            ) { try ListenAddress($0) }, options.listen)
        let directory = value(
            .text("MVP_AUTH_RUNTIME_DIR", "Where the daemon's socket is looked for, when it is not named."))
        let named = value(
            .text("MVP_AUTH_SOCKET", flag: "socket", "The daemon's socket, unix:///path."), options.socket)
        socket = SocketPath.applications { name in
            switch name {
            case "MVP_AUTH_SOCKET": named
            case "MVP_AUTH_RUNTIME_DIR": directory
            default: value.variable(name)
            }
        }
        configuration.prefix = value(
            Setting(
                "MVP_AUTH_HTTP_PREFIX", flag: "prefix", "What every route begins with.",
                allowed: "a path of the form /auth, or / for none", default: configuration.prefix
            ) { try ShimConfiguration.prefix($0) }, options.prefix)
        let included = value(
            Self.list("MVP_AUTH_HTTP_INCLUDE", flag: "include", "Serves only these groups.", allowed: Self.groups) {
                try ShimConfiguration.groups(including: $0, excluding: [])
            }, options.include)
        let excluded = value(
            Self.list("MVP_AUTH_HTTP_EXCLUDE", flag: "exclude", "Does not serve these groups.", allowed: Self.groups) {
                try ShimConfiguration.groups(including: nil, excluding: $0)
            }, options.exclude)
        do throws(ShimError) {
            configuration.groups = try ShimConfiguration.groups(including: included, excluding: excluded ?? [])
        } catch {
            value.note([error.description])
        }
        let proxies = value(
            Self.list(
                "MVP_AUTH_HTTP_TRUSTED_PROXIES", flag: "trusted-proxy", "Proxies whose X-Forwarded-For is believed.",
                allowed: "addresses and CIDR ranges, or unix, separated by commas"
            ) { for proxy in $0 { _ = try TrustedProxy(proxy) } },
            options.trustedProxy.isEmpty ? nil : options.trustedProxy.joined(separator: ","))
        configuration.trustedProxies = (proxies ?? []).compactMap { try? TrustedProxy($0) }
        try value.finish()
    }

    private static let groups = "groups of core, verify, password, sessions, separated by commas"

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
