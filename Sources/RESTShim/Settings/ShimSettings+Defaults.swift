package import AuthSettings

extension ShimSettings {
    /// Every setting with its default, on a machine that says nothing.
    package static var defaults: SettingSource {
        let source = SettingSource(for: .shim, environment: [:], configFile: nil)
        _ = try? ShimSettings(from: source)
        return source
    }
}
