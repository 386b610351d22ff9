/// On whose behalf a call is made: an app of the host, as the kernel and the configuration say.
public struct Caller: Sendable, Equatable {
    /// Whose turn it is when passwords are hashed.
    public let name: String
    /// Whether the configuration names the app: then its sessions are its own, and say so in the claim `app`.
    public let isRegistered: Bool
    /// What the claim `aud` of its tokens says and must say (RFC 7519 §4.1.3). Nil: the policy's.
    public let audience: String?
    /// Whether what it says of its users' network addresses is to be believed.
    public let assertsAddresses: Bool

    /// An app that the configuration names.
    public init(app name: String, audience: String? = nil, assertsAddresses: Bool = true) {
        self.name = name
        self.audience = audience
        self.assertsAddresses = assertsAddresses
        isRegistered = true
    }

    /// Somebody in particular whom the configuration does not name.
    public init(unregistered name: String) {
        self.name = name
        audience = nil
        assertsAddresses = true
        isRegistered = false
    }

    /// This process itself.
    public static let local = Caller(unregistered: "local")

    /// The claim `app`.
    package var app: String? { isRegistered ? name : nil }

    /// Whether a claim `app` names this caller.
    func owns(app claim: String) -> Bool { isRegistered && name.utf8.elementsEqual(claim.utf8) }
}
