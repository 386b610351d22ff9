internal import HTTPTypes
internal import HummingbirdCore

/// Which pages of other origins may read an answer (CORS, the Fetch standard §3.2). Nothing is refused here: browsers
/// keep from a page what it may not read, and other clients do not ask. Cookies are never allowed along, as nothing here
/// reads one: a page sends its token itself.
struct CrossOrigin: Sendable {
    let allowed: AllowedOrigins

    /// Adds to an answer what lets the page that asked read it, or, to a preflight, send the request.
    func mark(_ response: inout Response, to request: HTTPRequest) {
        if case .nobody = allowed { return }
        // What is kept for one origin is not what another may read.
        response.headers[.vary] = response.headers[.vary].map { $0 + ", Origin" } ?? "Origin"
        guard let origin = answer(to: request.headerFields[values: .origin]) else { return }
        response.headers[.accessControlAllowOrigin] = origin
        guard request.method == .options, request.headerFields[.accessControlRequestMethod] != nil else {
            response.headers[.accessControlExposeHeaders] = Self.exposed
            return
        }
        guard response.status == .noContent, let methods = response.headers[.allow] else { return }
        response.headers[.accessControlAllowMethods] = methods
        response.headers[.accessControlAllowHeaders] = Self.accepted
        response.headers[.accessControlMaxAge] = Self.maxAgeSeconds
    }

    private func answer(to origins: [String]) -> String? {
        switch allowed {
        case .nobody: return nil
        case .everybody: return "*"
        case .listed(let known):
            guard origins.count == 1 else { return nil }
            return known.first { $0.bytes.elementsEqual(origins[0].utf8) }?.text
        }
    }

    private static let accepted = "Authorization, Content-Type, Idempotency-Key"
    private static let exposed = "WWW-Authenticate, Retry-After, X-Request-ID"
    /// How long a browser need not ask again: ten minutes, so that a change of the setting is soon known.
    private static let maxAgeSeconds = "600"
}
