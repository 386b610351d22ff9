internal import MVPAuth

/// A mail server, and how to talk to it.
struct SMTPServer: Sendable {
    enum Security: String, CaseIterable, Sendable {
        /// TLS is asked for before anything else is said, and nothing is sent without it.
        case starttls
        /// TLS from the first byte.
        case tls
        case none

        /// The port that is usual for it.
        var port: UInt16 {
            switch self {
            case .starttls: 587
            case .tls: 465
            case .none: 25
            }
        }
    }

    enum Authentication: String, CaseIterable, Sendable {
        /// PLAIN, else LOGIN.
        case password
        case plain, login, xoauth2

        /// As libcurl's login options say it.
        var mechanisms: String {
            switch self {
            case .password: "AUTH=PLAIN;AUTH=LOGIN"
            case .plain: "AUTH=PLAIN"
            case .login: "AUTH=LOGIN"
            case .xoauth2: "AUTH=XOAUTH2"
            }
        }
    }

    let host: HostAndPort
    let security: Security
    /// What the sender calls itself; nil: by the name of this host.
    var helo: String?
    var credentials: Transfer.Credentials?
    var authorities: String?
    var times = Transfer.Times()

    var name: String { host.text(defaultPort: security.port) }

    func transfer(_ work: Transfer.Work) -> Transfer {
        let scheme = security == .tls ? "smtps" : "smtp"
        return Transfer(
            url: "\(scheme)://\(name)/\(helo ?? "")", work: work, requiresTLS: security != .none,
            authorities: authorities, credentials: credentials, times: times)
    }
}

/// `mail.example.org`, `mail.example.org:587`, `192.0.2.1` or `[2001:db8::1]:25`.
struct HostAndPort: Sendable, Equatable {
    let host: String
    let port: UInt16?

    /// Nil when it is neither a name nor an address.
    init?(_ text: String) {
        var host = Array(text.utf8)[...]
        var port: UInt16?
        let isBracketed = host.first == UInt8(ascii: "[")
        let end =
            isBracketed
            ? host.firstIndex(of: UInt8(ascii: "]")).map { $0 + 1 } : host.firstIndex(of: UInt8(ascii: ":"))
        if let end, end < host.endIndex {
            let digits = host[(end + 1)...]
            guard host[end] == UInt8(ascii: ":"), digits.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = UInt16(String(decoding: digits, as: UTF8.self)), number > 0
            else { return nil }
            (host, port) = (host[..<end], number)
        }
        let isAddress = isBracketed && host.count > 4 && host.last == UInt8(ascii: "]")
        let inner = isAddress ? host.dropFirst().dropLast() : host
        let allowed = isAddress ? "0123456789abcdefABCDEF:." : "-."
        let isWritten = inner.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: !isAddress || allowed.utf8.contains(byte)
            default: allowed.utf8.contains(byte)
            }
        }
        guard !inner.isEmpty, inner.count <= 253, isBracketed == isAddress, isWritten else { return nil }
        self.host = String(decoding: host, as: UTF8.self)
        self.port = port
    }

    func text(defaultPort: UInt16) -> String { "\(host):\(port ?? defaultPort)" }

    /// Whether what is said to it stays on this host.
    var isLoopback: Bool {
        host.lowercased().utf8.elementsEqual("localhost".utf8) || host.utf8.elementsEqual("[::1]".utf8)
            || host.utf8.starts(with: "127.".utf8)
                && host.utf8.split(separator: UInt8(ascii: ".")).count == 4
                && host.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
    }
}
