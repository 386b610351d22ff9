package import AuthAPI

extension DaemonSettings {
    /// What of the settings callers may know.
    package var policyDescription: PolicyDescription {
        PolicyDescription(
            policy, algorithm: keys.algorithm, passwordAlgorithm: hashing.algorithm == .bcrypt ? "bcrypt" : "argon2id")
    }
}
