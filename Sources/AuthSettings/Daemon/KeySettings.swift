package import MVPAuth

/// What tokens are signed with.
package struct KeySettings: Sendable {
    package let secret: Secret?
    package let privateKeyFile: String?
    package let algorithm: String
    package let isStrict: Bool

    init(reading value: SettingSource) {
        value.begin("Keys")
        secret = value(
            .secret(
                "AUTH_SECRET_KEY",
                "Signs tokens with HS256, HS384 or HS512. Without one, a key is made in the state directory."))
        privateKeyFile = value(.text("AUTH_PRIVATE_KEY_FILE", "A PEM private key for the other algorithms."))
        algorithm = value(Self.algorithm)
        isStrict = value(
            .flag(
                "AUTH_STRICT", "Refuses weak keys, and unknown AUTH_ names in the environment, instead of warning."))
    }

    private static let algorithms = [
        "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA",
    ]

    private static let algorithm = Setting<String>(
        "AUTH_ALGORITHM", "How tokens are signed.", allowed: "one of \(algorithms.joined(separator: ", "))",
        default: "HS256"
    ) { text in algorithms.first { $0.utf8.elementsEqual(text.utf8) } }
}
