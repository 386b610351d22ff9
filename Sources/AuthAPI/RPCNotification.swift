package import StrictJSON

/// Something that the service says unasked. The value is the params, as of an `RPCMethod`.
///
/// A new notification is one file that declares such a type, and one line in `authNotifications`.
package protocol RPCNotification: Codable, Sendable, JSONExplained {
    static var spec: NotificationSpec { get }

    /// One of them, for the documents.
    static var example: Self { get }
}

extension RPCNotification {
    /// Of a notification without params.
    package static var meanings: [String: MemberMeaning] { [:] }
}

/// What peers must know of a notification besides its params.
package struct NotificationSpec: Sendable {
    /// `<service>.<event>`.
    package let name: String
    package let summary: String
    /// What a peer must be to get it.
    package let role: PeerRole

    package init(_ name: String, _ summary: String, role: PeerRole) {
        self.name = name
        self.summary = summary
        self.role = role
    }
}
