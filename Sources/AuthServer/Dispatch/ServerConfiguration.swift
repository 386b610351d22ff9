package import AuthAPI
package import MVPAuth

/// What a reload replaces, all or nothing. Connections keep the limits and the rights that they began with.
package struct ServerConfiguration: Sendable {
    package var system: AuthSystem
    package var limits: Limits
    package var access: AccessPolicy

    /// What `system.info` tells.
    package var policy: PolicyDescription

    package init(
        system: AuthSystem, limits: Limits = .standard, access: AccessPolicy,
        policy: PolicyDescription = PolicyDescription(AuthPolicy(), algorithm: "HS256", passwordAlgorithm: "bcrypt")
    ) {
        self.policy = policy
        self.system = system
        self.limits = limits
        self.access = access
    }
}
