import AuthSettings
import EmailDelivery
import RESTShim
import Testing

@Suite("Settings in documents")
struct SettingNameTests {
    @Test(
        "Every setting that a document names exists",
        arguments: [
            "README.md", "SECURITY.md", "CHANGELOG.md", "docs/settings.md", "docs/rest.md", "docs/limits.md",
            "docs/operations.md",
        ])
    func names(_ path: String) throws {
        let known = Set(DaemonSettings.names + ShimSettings.defaults.names + MailSettings.defaults.names)
        let text = try Repository.text(path)
        for match in text.matches(of: /\b(?:MVP_)?AUTH_[A-Z0-9_]+/) {
            let name = String(match.output)
            // A name that ends with an underscore is the beginning of several.
            let exists = name.hasSuffix("_") ? known.contains { $0.hasPrefix(name) } : known.contains(name)
            #expect(exists, "\(path) names \(name)")
        }
    }

    @Test("Every setting of every program is in the document")
    func documented() throws {
        let text = try Repository.text("docs/settings.md")
        let settings = [DaemonSettings.defaults, ShimSettings.defaults, MailSettings.defaults].flatMap(\.effective)
        for setting in settings {
            guard setting.section != "Limits" else { continue }
            #expect(text.contains("| `\(setting.name)`"), "\(setting.name)")
        }
    }
}
