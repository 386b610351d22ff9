package import AuthAPI

extension DaemonSettings {
    /// What of the settings callers may know.
    package var policyDescription: PolicyDescription {
        PolicyDescription(
            policy, algorithm: algorithm, passwordAlgorithm: passwordAlgorithm == .bcrypt ? "bcrypt" : "argon2id")
    }
}
