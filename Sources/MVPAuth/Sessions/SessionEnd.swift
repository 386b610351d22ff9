/// Why a session was ended, for whoever asks later.
package enum SessionEnd: String, Sendable, CaseIterable {
    case logout
    case logoutAll = "logout_all"
    case revoke
    /// A newer one took its place.
    case limit
    case password
    case deactivated
    case reuse
    case `operator`

    package var detail: String { "by=\(rawValue)" }
}
