package import AuthAPI
package import MVPAuth

/// What a reload replaces, all or nothing. Connections keep the limits and the rights that they began with.
package struct ServerConfiguration: Sendable {
    package var system: AuthSystem
    package var limits: Limits
    package var access: AccessPolicy
    package var links: EmailLinks
    /// From when on a call is a line in the log.
    package var slowCalls: SlowCallBounds

    /// What `system.info` tells.
    package var policy: PolicyDescription

    package init(
        system: AuthSystem, limits: Limits = .standard, access: AccessPolicy,
        links: EmailLinks = EmailLinks(base: "http://127.0.0.1:8080"), slowCalls: SlowCallBounds = SlowCallBounds(),
        policy: PolicyDescription = PolicyDescription(AuthPolicy(), algorithm: "HS256", passwordAlgorithm: "bcrypt")
    ) {
        self.policy = policy
        self.system = system
        self.limits = limits
        self.access = access
        self.links = links
        self.slowCalls = slowCalls
    }
}
