package import MVPAuth

/// Everything that an operator can set on the daemon, by what it is for. Each part declares its settings; this is the
/// one list of parts.
package struct DaemonSettings: Sendable {
    package let directories: DirectorySettings
    package let keys: KeySettings
    package let policy: AuthPolicy
    package let throttle: ThrottleSettings
    package let hashing: HashingSettings
    package let database: DatabaseSettings
    package let email: EmailSettings
    package let server: ServerSettings

    /// What is wrong is noted in the source, and has its default here.
    ///
    /// - Parameters:
    ///   - runtimeDir: what the command line says, as `stateDir`.
    package init(reading value: SettingSource, runtimeDir: String? = nil, stateDir: String? = nil) {
        directories = DirectorySettings(reading: value, runtimeDir: runtimeDir, stateDir: stateDir)
        keys = KeySettings(reading: value)
        policy = AuthPolicy(reading: value)
        throttle = ThrottleSettings(reading: value)
        hashing = HashingSettings(reading: value)
        database = DatabaseSettings(reading: value, stateDirectory: directories.state)
        email = EmailSettings(reading: value)
        server = ServerSettings(reading: value)
    }

    /// - Throws: everything that is wrong.
    package init(
        from value: SettingSource, runtimeDir: String? = nil, stateDir: String? = nil
    ) throws(SettingsError) {
        self.init(reading: value, runtimeDir: runtimeDir, stateDir: stateDir)
        try value.finish()
    }

    /// The names of all settings, and of the files that may hold secrets.
    package static let names = defaults.names

    /// Every setting with its default, on a machine that says nothing.
    package static var defaults: SettingSource {
        let source = SettingSource(environment: [:], configFile: nil)
        _ = DaemonSettings(reading: source)
        return source
    }
}
