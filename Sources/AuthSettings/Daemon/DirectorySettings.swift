internal import AuthAPI

package struct DirectorySettings: Sendable {
    /// Where the sockets go.
    package let runtime: String
    /// Where the key and the database live.
    package let state: String

    init(reading value: SettingSource, runtimeDir: String?, stateDir: String?) {
        value.begin("Directories")
        runtime = value(
            .directory(
                "MVP_AUTH_RUNTIME_DIR", flag: "runtime-dir", "Where the sockets go.",
                default: SocketPath.directory { $0 == "MVP_AUTH_RUNTIME_DIR" ? nil : value.variable($0) }), runtimeDir)
        state = value(
            .directory(
                "MVP_AUTH_STATE_DIR", flag: "state-dir", "Where the key and the database live.",
                default: StateDirectory.standard { value.variable($0) }), stateDir)
    }
}
