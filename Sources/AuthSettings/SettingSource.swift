internal import Configuration
internal import MVPAuth
internal import SystemPackage

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Where settings come from: the environment first, then `--config FILE` (lines of `NAME=value`), then the defaults.
/// A secret may also be named by `NAME_FILE`, or be a file `NAME` in `$CREDENTIALS_DIRECTORY`.
package final class SettingSource {
    /// What a setting came out as: for `mvp-auth check`.
    package struct Effective: Sendable {
        package let name: String
        package let summary: String
        package let allowed: String
        package let shown: String
        package let origin: String
    }

    package private(set) var effective: [Effective] = []
    private let environment: ConfigReader
    private let file: ConfigReader?

    package init(environment: [String: String], configFile: String?) async throws(SettingsError) {
        self.environment = ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: environment))
        guard let configFile else {
            file = nil
            return
        }
        do {
            file = ConfigReader(
                provider: try await EnvironmentVariablesProvider(environmentFilePath: FilePath(configFile)))
        } catch {
            throw SettingsError("The configuration file \(configFile) cannot be read.")
        }
    }

    /// The value of a setting. Throws when it is not one that is allowed.
    package func callAsFunction<Value>(_ setting: Setting<Value>) throws(SettingsError) -> Value {
        guard let (text, origin) = try raw(setting) else {
            record(setting, "\(setting.fallback)", "default")
            return setting.fallback
        }
        guard let value = setting.parse(text) else {
            let shown = setting.isSecret ? "" : " is \"\(printable(text))\" and"
            throw SettingsError("\(setting.name)\(shown) must be \(setting.allowed).")
        }
        record(setting, text, origin)
        return value
    }

    private func raw<Value>(_ setting: Setting<Value>) throws(SettingsError) -> (String, String)? {
        if let text = look(up: setting, in: environment) { return (text, "environment") }
        if setting.isSecret {
            let named =
                look(up: setting.name + "_FILE", in: environment, isSecret: false)
                ?? file.flatMap { look(up: setting.name + "_FILE", in: $0, isSecret: false) }
            if let path = named { return (try contents(of: path, for: setting.name), path) }
            if let directory = look(up: "CREDENTIALS_DIRECTORY", in: environment, isSecret: false) {
                let path = directory + "/" + setting.name
                if FileManager.default.fileExists(atPath: path) {
                    return (try contents(of: path, for: setting.name), path)
                }
            }
        }
        if let file, let text = look(up: setting, in: file) { return (text, "configuration file") }
        return nil
    }

    /// An empty value is none, but an empty secret is a mistake to be told of.
    private func look<Value>(up setting: Setting<Value>, in reader: ConfigReader) -> String? {
        let text = look(up: setting.name, in: reader, isSecret: setting.isSecret)
        return setting.isAddress && text?.isEmpty == true ? nil : text
    }

    private func look(up name: String, in reader: ConfigReader, isSecret: Bool) -> String? {
        let key = ConfigKey(name.lowercased().split(separator: "_").map(String.init))
        guard let text = reader.string(forKey: key, isSecret: isSecret) else { return nil }
        return text.isEmpty && !isSecret ? nil : text
    }

    /// The file's text without one final newline.
    private func contents(of path: String, for name: String) throws(SettingsError) -> String {
        guard let data = FileManager.default.contents(atPath: path), let text = String(validating: data, as: UTF8.self)
        else { throw SettingsError("\(name)_FILE: \(path) cannot be read as text.") }
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    private func record<Value>(_ setting: Setting<Value>, _ text: String, _ origin: String) {
        let isHidden = setting.isSecret && !setting.isAddress
        let shown = isHidden ? (origin == "default" ? "(not set)" : "<secret>") : redacted(text)
        effective.append(
            Effective(
                name: setting.name, summary: setting.summary, allowed: setting.allowed, shown: shown, origin: origin))
    }

    /// Hides what stands between `://` and `@`, and every query value: passwords of database URLs.
    private func redacted(_ text: String) -> String {
        guard let scheme = text.firstRange(of: "://") else { return text == "nil" ? "(not set)" : printable(text) }
        var rest = String(text[scheme.upperBound...])
        if let at = rest.lastIndex(of: "@") { rest = "<secret>" + rest[at...] }
        if let query = rest.firstIndex(of: "?") { rest = rest[..<query] + "?<secret>" }
        return printable(text[..<scheme.upperBound] + rest)
    }
}
