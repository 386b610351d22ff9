internal import AuthSettings
internal import Glibc
internal import Host
internal import MVPAuth

/// The mail server, and TLS and time limits that the webhook shares.
struct SMTPSettings: Sendable {
    private let host: HostAndPort?
    private let security: SMTPServer.Security
    private let authentication: SMTPServer.Authentication
    private let user: String?
    private let password: Secret?
    private let helo: String?
    /// A file of certificates; nil: the system's authorities.
    let authorities: String?
    let times: Transfer.Times

    init(reading value: SettingSource) {
        value.begin("SMTP")
        host = value(
            Setting<HostAndPort?>(
                "MVP_AUTH_MAIL_SMTP_SERVER", "The mail server. Its port is 587 with starttls, 465 with tls, else 25.",
                allowed: "HOST or HOST:PORT", default: nil
            ) { text in HostAndPort(text).map { .some($0) } })
        security = value(
            .choice(
                "MVP_AUTH_MAIL_SMTP_TLS", "How the connection is protected. Certificates are always checked.",
                default: .starttls))
        authentication = value(
            .choice(
                "MVP_AUTH_MAIL_SMTP_AUTH",
                "How it signs in: by password (PLAIN, else LOGIN), by one of these, or by an access token (xoauth2).",
                default: .password))
        user = value(.text("MVP_AUTH_MAIL_SMTP_USER", "Who signs in; nobody does without it."))
        password = value(.secret("MVP_AUTH_MAIL_SMTP_PASSWORD", "The password, or the access token."))
        helo = value(
            Setting<String?>(
                "MVP_AUTH_MAIL_SMTP_HELO", "What it calls itself; else the name of this host.",
                allowed: "a host name", default: nil
            ) { text in
                guard let host = HostAndPort(text), host.port == nil else { return nil }
                return .some(text)
            })
        value.begin("Connections")
        authorities = value(
            .text(
                "MVP_AUTH_MAIL_CA_FILE", "Certificates of the authorities that are believed, PEM; else the system's."))
        var times = Transfer.Times()
        func seconds(_ name: String, _ summary: String, _ standard: Duration) -> Duration {
            .seconds(value(.integer(name, summary, 1...300, default: standard.components.seconds)))
        }
        times.connect = seconds(
            "MVP_AUTH_MAIL_CONNECT_SECONDS", "How long it may take to reach a server and to sign in.", times.connect)
        times.answer = seconds(
            "MVP_AUTH_MAIL_ANSWER_SECONDS", "How long each answer of a mail server may take.", times.answer)
        times.total = seconds("MVP_AUTH_MAIL_TOTAL_SECONDS", "How long one delivery may take.", times.total)
        self.times = times
        if let authorities, access(authorities, R_OK) != 0 {
            value.note([
                "MVP_AUTH_MAIL_CA_FILE: \(printable(authorities)) cannot be read. \(String(cString: strerror(errno)))."
            ])
        }
    }

    func server() throws(SettingsError) -> SMTPServer {
        var faults: [String] = []
        if host == nil {
            faults.append("MVP_AUTH_MAIL_SINK is \"smtp\", so MVP_AUTH_MAIL_SMTP_SERVER must name a mail server.")
        }
        if user != nil, password == nil {
            faults.append("MVP_AUTH_MAIL_SMTP_USER is set, so MVP_AUTH_MAIL_SMTP_PASSWORD must be too.")
        }
        if user == nil, password != nil {
            faults.append("MVP_AUTH_MAIL_SMTP_PASSWORD is set, so MVP_AUTH_MAIL_SMTP_USER must be too.")
        }
        if user != nil, security == .none, host?.isLoopback == false {
            faults.append(
                "MVP_AUTH_MAIL_SMTP_TLS is \"none\", so the password would cross the network in the clear; "
                    + "only a server on this host may have it so.")
        }
        guard let host, faults.isEmpty else { throw SettingsError(faults) }
        var server = SMTPServer(host: host, security: security, helo: helo, authorities: authorities, times: times)
        if let user, let password {
            server.credentials = Transfer.Credentials(
                user: user, secret: password, isBearer: authentication == .xoauth2,
                mechanisms: authentication.mechanisms)
        }
        return server
    }
}
