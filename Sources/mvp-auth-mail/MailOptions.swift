internal import ArgumentParser

/// The mailer's options. Each is a setting too: see `MailSettings`.
struct MailOptions: ParsableArguments {
    @Option(help: "smtp, webhook, sendmail or command. [MVP_AUTH_MAIL_SINK]")
    var sink: String?

    @Option(help: "Whom messages are from: an address, or a name and <address>. [MVP_AUTH_MAIL_FROM]")
    var from: String?

    @Option(help: "The daemon's socket, unix:///path. [MVP_AUTH_SOCKET]")
    var socket: String?

    @Option(help: "Who the daemon runs as; a socket that somebody else serves is not used. [MVP_AUTH_DAEMON_USER]")
    var daemonUser: String?

    /// What the command line says for a flag, as its variable would.
    func text(of flag: String) -> String? {
        switch flag {
        case "sink": sink
        case "from": from
        case "socket": socket
        case "daemon-user": daemonUser
        default: preconditionFailure("--\(flag) is not declared here")
        }
    }
}
