package import AuthCrypto
package import AuthSettings
internal import Glibc
internal import Host
internal import MVPAuth

/// The key that the settings name; without one, a key of our own in the state directory.
package enum Keys {
    /// - Parameters:
    ///   - makesKey: whether a key is made where there is none; otherwise nil is given then.
    ///   - warn: told about a key that is weak.
    /// - Throws: `SettingsError`, or `StartFailure` where there is no state directory.
    package static func load(
        _ settings: DaemonSettings, makesKey: Bool, warn: (String) -> Void
    ) throws -> KeyRing? {
        guard let algorithm = SigningAlgorithm(rawValue: settings.keys.algorithm) else {
            throw SettingsError("AUTH_ALGORITHM is \"\(settings.keys.algorithm)\", which this build does not support.")
        }
        do {
            let key =
                try algorithm.isSymmetric
                ? secretKey(algorithm, settings, makesKey) : privateKey(algorithm, settings)
            guard let key else { return nil }
            if let warning = key.warning { warn("AUTH_SECRET_KEY: \(warning)") }
            return try KeyRing(key)
        } catch let error as KeyError {
            throw SettingsError(error.description)
        }
    }

    private static func secretKey(
        _ algorithm: SigningAlgorithm, _ settings: DaemonSettings, _ makesKey: Bool
    ) throws -> SigningKey? {
        if let secret = settings.keys.secret {
            return try SigningKey(secret: secret.reveal(), algorithm: algorithm, isStrict: settings.keys.isStrict)
        }
        let path = settings.directories.state + "/key"
        guard makesKey || access(path, F_OK) == 0 else { return nil }
        try StateDirectories.require(settings.directories.state, for: "state")
        let isThere = access(path, F_OK) == 0
        let secret = try isThere ? SecretFile.value(path, called: "The key file") : KeyFile.loadOrCreate(path)
        return try SigningKey(secret: secret, algorithm: algorithm, isStrict: settings.keys.isStrict)
    }

    private static func privateKey(
        _ algorithm: SigningAlgorithm, _ settings: DaemonSettings
    ) throws -> SigningKey {
        let pem: String?
        if let path = settings.keys.privateKeyFile {
            guard access(path, F_OK) == 0 else {
                throw SettingsError("AUTH_PRIVATE_KEY_FILE: \(path) does not exist.")
            }
            pem = try SecretFile.value(path, called: "AUTH_PRIVATE_KEY_FILE:")
        } else {
            pem = settings.keys.secret?.reveal()
        }
        guard let pem else {
            throw SettingsError(
                "AUTH_ALGORITHM is \(algorithm.rawValue), so AUTH_PRIVATE_KEY_FILE must name a PEM private key.")
        }
        return try SigningKey(pem: Array(pem.utf8), algorithm: algorithm)
    }
}

/// A directory that must be there, and in the right hands, before anything is made in it.
package enum StateDirectories {
    package static func require(_ path: String, for purpose: String, allowsSticky: Bool = false) throws {
        guard let complaint = TrustedDirectory.complaint(path, for: purpose, allowsSticky: allowsSticky) else { return }
        throw TrustedDirectory.exists(path) ? SettingsError(complaint) : StartFailure(complaint)
    }
}
