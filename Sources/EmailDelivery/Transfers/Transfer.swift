internal import MVPAuth

/// One exchange with a server that libcurl is to make.
struct Transfer: Sendable {
    enum Work: Sendable {
        /// Connects to a mail server, signs in, and sends nothing.
        case greet
        /// Sends a message by SMTP.
        case message(sender: String, recipient: String, bytes: [UInt8])
        /// Connects to a web server, over TLS where the URL says so, and sends nothing.
        case connect
        /// Posts a body by HTTP. The fields are `Name: value`.
        case post(fields: [String], body: [UInt8])
    }

    /// How long each phase may take.
    struct Times: Sendable {
        /// From the name's look-up until TLS is there, and the session of a mail server.
        var connect = Duration.seconds(10)
        /// Each answer of the server.
        var answer = Duration.seconds(30)
        /// All of it.
        var total = Duration.seconds(60)
    }

    let url: String
    let work: Work
    /// Nothing is sent before TLS is there, where the URL itself does not say so.
    var requiresTLS = false
    /// Whose certificates are believed; nil: the system's authorities.
    var authorities: String?
    var credentials: Credentials?
    var times = Times()

    /// What a mail server knows the sender by.
    struct Credentials: Sendable {
        let user: String
        /// A password, or an access token of OAuth 2.
        let secret: Secret
        let isBearer: Bool
        /// The mechanisms that are allowed, as libcurl's login options say it.
        let mechanisms: String
    }
}

/// How a transfer ended.
struct TransferResult: Sendable {
    /// The last thing that was said to the server.
    enum Phase: String, Sendable {
        case connect, helo, starttls, auth, mail, rcpt, data, body, other
    }

    /// It was done.
    var isComplete = false
    /// Somebody asked for the end.
    var isCancelled = false
    var phase = Phase.connect
    /// The server's answer to that: of SMTP its first line, of HTTP nothing.
    var reply: String?
    /// SMTP's or HTTP's number; 0 when there was no answer.
    var status = 0
    /// What the server wants to be left alone for, in seconds.
    var retryAfter: Int?
    /// Whether the server took the credentials in this transfer.
    var isSignedIn = false
    /// Whether a connection of an earlier transfer was used.
    var isReused = false
    /// Why it did not complete, in libcurl's words.
    var problem = ""
}
