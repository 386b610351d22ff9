internal import ArgumentParser

/// The shim's options. Each is a setting too: see `ShimSettings`.
struct ShimOptions: ParsableArguments {
    @Option(help: "HOST:PORT or unix:///path. [MVP_AUTH_HTTP_LISTEN] (default: 127.0.0.1:8080)")
    var listen: String?

    @Option(help: "HOST:PORT for Prometheus, at /metrics. [MVP_AUTH_HTTP_METRICS] (default: nowhere)")
    var metrics: String?

    @Option(help: "The daemon's socket, unix:///path. [MVP_AUTH_SOCKET]")
    var socket: String?

    @Option(help: "What every route begins with. [MVP_AUTH_HTTP_PREFIX] (default: /auth)")
    var prefix: String?

    @Option(
        help:
            "Serve only these groups (core, verify, password, sessions) and routes (login, me …). [MVP_AUTH_HTTP_INCLUDE]"
    )
    var include: String?

    @Option(help: "Do not serve these groups and routes. [MVP_AUTH_HTTP_EXCLUDE]")
    var exclude: String?

    @Flag(help: "Serve the pages that the links of emails lead to. [MVP_AUTH_HTTP_PAGES]")
    var pages = false

    @Option(help: "A directory of texts for these pages. [MVP_AUTH_HTTP_PAGES_TEXTS]")
    var pagesTexts: String?

    @Option(help: "Whose X-Forwarded-For is believed: CIDR ranges, or unix. [MVP_AUTH_HTTP_TRUSTED_PROXIES]")
    var trustedProxy: [String] = []

    @Option(help: "Origins whose pages may call it from a browser, or *. [MVP_AUTH_HTTP_CORS_ORIGINS] (default: none)")
    var corsOrigin: [String] = []

    @Option(help: "The mode of a Unix socket that it makes. [MVP_AUTH_HTTP_SOCKET_MODE] (default: 0660)")
    var socketMode: String?

    @Option(help: "The group of a Unix socket that it makes. [MVP_AUTH_HTTP_SOCKET_GROUP]")
    var socketGroup: String?

    @Option(help: "Who the daemon runs as; a socket that somebody else serves is not used. [MVP_AUTH_DAEMON_USER]")
    var daemonUser: String?

    @Flag(
        help: """
            Development: every request is a line in the log [MVP_AUTH_HTTP_LOG_REQUESTS], and /dev/mailbox shows the \
            emails of a daemon with --dev.
            """)
    var dev = false

    /// What the command line says for a flag, as its variable would.
    func text(of flag: String) -> String? {
        switch flag {
        case "listen": listen
        case "metrics": metrics
        case "socket": socket
        case "prefix": prefix
        case "include": include
        case "exclude": exclude
        case "pages": pages ? "true" : nil
        case "pages-texts": pagesTexts
        case "trusted-proxy": trustedProxy.isEmpty ? nil : trustedProxy.joined(separator: ",")
        case "cors-origin": corsOrigin.isEmpty ? nil : corsOrigin.joined(separator: ",")
        case "socket-mode": socketMode
        case "socket-group": socketGroup
        case "daemon-user": daemonUser
        case "dev": dev ? "true" : nil
        default: preconditionFailure("--\(flag) is not declared here")
        }
    }
}
