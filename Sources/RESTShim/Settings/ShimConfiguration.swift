package import Host
package import AuthAPI

/// What an operator can set on the shim.
package struct ShimConfiguration: Sendable {
    package var address = ListenAddress.standard
    /// Where `/metrics` is, and nothing else; nil for nowhere.
    package var metricsAddress: ListenAddress?
    /// What every route begins with; empty or of the form `/auth`.
    package var prefix = "/auth"
    package var routes = RouteSelection.all
    /// What the pages say that the links of emails lead to; nil where there are no such pages here.
    package var pages: PageTexts?
    /// Whose `X-Forwarded-For` is believed.
    package var trustedProxies: [TrustedProxy] = []
    /// Whose pages may read the answers in a browser.
    package var origins = AllowedOrigins.nobody
    /// Of a Unix socket that the shim makes itself.
    package var unixSocket = UnixSocketAccess()
    /// Every request is a line in the log, not only those that failed for a reason of ours.
    package var logsRequests = false
    package var limits = Limits()

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
