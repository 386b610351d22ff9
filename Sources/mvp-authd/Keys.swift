internal import AuthCrypto
internal import AuthSettings
internal import Glibc
internal import Logging
internal import MVPAuth

/// The key that the settings name; without one, a key of our own in the state directory.
enum Keys {
    static func load(_ settings: DaemonSettings, logger: Logger) throws -> KeyRing {
        guard let algorithm = SigningAlgorithm(rawValue: settings.algorithm) else {
            throw SettingsError("AUTH_ALGORITHM is \"\(settings.algorithm)\", which this build does not support.")
        }
        do {
            let key =
                try algorithm.isSymmetric
                ? secretKey(algorithm, settings) : privateKey(algorithm, settings)
            if let warning = key.warning { logger.warning("AUTH_SECRET_KEY: \(warning)") }
            return try KeyRing(key)
        } catch let error as KeyError {
            throw SettingsError(error.description)
        }
    }

    private static func secretKey(
        _ algorithm: SigningAlgorithm, _ settings: DaemonSettings
    ) throws -> SigningKey {
        if let secret = settings.secretKey {
            return try SigningKey(secret: secret.reveal(), algorithm: algorithm, isStrict: settings.isStrict)
        }
        try Directory.require(settings.stateDirectory, for: "state")
        let secret = try KeyFile.loadOrCreate(settings.stateDirectory + "/key")
        return try SigningKey(secret: secret, algorithm: algorithm, isStrict: settings.isStrict)
    }

    private static func privateKey(
        _ algorithm: SigningAlgorithm, _ settings: DaemonSettings
    ) throws -> SigningKey {
        let pem: String?
        if let path = settings.privateKeyFile {
            guard access(path, F_OK) == 0 else {
                throw SettingsError("AUTH_PRIVATE_KEY_FILE: \(path) does not exist.")
            }
            pem = try SecretFile.value(path, called: "AUTH_PRIVATE_KEY_FILE:")
        } else {
            pem = settings.secretKey?.reveal()
        }
        guard let pem else {
            throw SettingsError(
                "AUTH_ALGORITHM is \(algorithm.rawValue), so AUTH_PRIVATE_KEY_FILE must name a PEM private key.")
        }
        return try SigningKey(pem: Array(pem.utf8), algorithm: algorithm)
    }
}

/// A directory that must be there before anything is made in it.
enum Directory {
    static func require(_ path: String, for purpose: String) throws(StartFailure) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw StartFailure(description: "The \(purpose) directory \(path) does not exist.")
        }
    }
}
