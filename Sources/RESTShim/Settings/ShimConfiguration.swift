package import Host
package import AuthAPI

/// What an operator can set on the shim.
package struct ShimConfiguration: Sendable {
    package var address = ListenAddress.standard
    /// What every route begins with; empty or of the form `/auth`.
    package var prefix = "/auth"
    package var routes = RouteSelection.all
    /// Whose `X-Forwarded-For` is believed.
    package var trustedProxies: [TrustedProxy] = []
    /// Whose pages may read the answers in a browser.
    package var origins = AllowedOrigins.nobody
    /// Of a Unix socket that the shim makes itself.
    package var unixSocket = UnixSocketAccess()
    /// Every request is a line in the log, not only those that failed for a reason of ours.
    package var logsRequests = false
    package var limits = Limits()

    /// What one HTTP client may take. Durations in seconds.
    package struct Limits: Sendable {
        package var bodyBytes = 16 * 1024
        /// All header fields of a request together.
        package var headerBytes = 32 * 1024
        package var headerFields = 100
        package var targetBytes = 8 * 1024
        package var connections = 10_000
        /// Of one IPv4 address, or of one /64 of IPv6.
        package var connectionsPerAddress = 1000
        /// What all requests that are not complete may hold together.
        package var bufferBytes = 32 << 20
        /// Calls that hash a password, and wait for their turn. Beyond it the answer is 503 at once.
        package var waitingLogins = 128
        /// From the first byte of a request until its head is complete.
        package var headSeconds: Int64 = 10
        /// Until the next request begins. Proxies in front keep connections for 60 seconds, and must be the ones to close.
        package var idleSeconds: Int64 = 75
        /// Until the body of a request is complete.
        package var bodySeconds: Int64 = 30
        /// Until an answer has been taken.
        package var writeSeconds: Int64 = 30

        package init() {}

        var reader: RequestReader.Limits {
            .init(
                targetBytes: targetBytes, headerBytes: headerBytes, headerFields: headerFields, bodyBytes: bodyBytes)
        }
    }

    package init() {}

    /// The prefix as written by an operator. Throws when it is none.
    package static func prefix(_ text: String) throws(StartFailure) -> String {
        let trimmed = text.utf8.last == UInt8(ascii: "/") ? String(text.dropLast()) : text
        let isPath = trimmed.isEmpty || trimmed.utf8.first == UInt8(ascii: "/")
        let isPlain = trimmed.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: "/-_.~".utf8.contains(byte)
            }
        }
        guard isPath, isPlain, !trimmed.contains("//") else {
            throw .configuration("The prefix \"\(text)\" must be of the form /auth: letters, digits, / - _ . ~.")
        }
        return trimmed
    }
}
