import AuthAPI
import Foundation
import Testing

@testable import AuthSettings

/// The file that says who the apps of a host are.
@Suite("Apps file")
struct AppSettingsTests {
    /// The apps of a file with this text, or why it is refused.
    private func load(_ text: String) -> Result<[AppSettings], SettingsError> {
        let path = NSTemporaryDirectory() + "apps-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: path) }
        guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8)) else {
            return .failure(SettingsError("cannot write \(path)"))
        }
        return Result { () throws(SettingsError) in try AppSettings.load(path) }
    }

    @Test("An app with everything, and one with nothing but a name")
    func whole() throws {
        let apps = try load(
            """
            {"apps": [
              {"name": "shop", "socket": {"group": "daemon"}, "users": ["root", "1001"], "groups": ["daemon", "77"],
               "roles": ["client", "trusted"], "methods": ["auth.*", "token.verify"], "audience": "https://shop.example",
               "calls_per_second": 100, "burst": 500},
              {"name": "blog-2"}
            ]}
            """
        ).get()
        #expect(apps.map(\.name) == ["shop", "blog-2"])
        #expect(try apps[0].uids() == [0, 1001])
        #expect(try apps[0].gids() == [1, 77])
        #expect(apps[0].roles == [.client, .trusted] && apps[0].socket?.group == "daemon")
        #expect(apps[0].callsPerSecond == 100 && apps[0].burst == 500)
        #expect(apps[1].roles == nil && apps[1].socket == nil && apps[1].methods == nil)
        #expect(try apps[1].uids() == [])
    }

    @Test(
        "What is wrong is named",
        arguments: [
            ("", "is not JSON"), ("{", "is not JSON"), (#"{"apps":[],"apps":[]}"#, "is not JSON"),
            ("[]", "expected an object"), (#"{"apps":{}}"#, "apps"),
            (#"{"apps":[{"users":[]}]}"#, "apps[0].name"), (#"{"apps":[{"name":"a","colour":1}]}"#, "apps[0].colour"),
            (#"{"apps":[{"name":"Shop"}]}"#, "must be 1 to 32 of a to z"),
            (#"{"apps":[{"name":"../x"}]}"#, "must be 1"),
            (#"{"apps":[{"name":""}]}"#, "must be 1 to 32"),
            (#"{"apps":[{"name":"a","roles":["root"]}]}"#, "must be one of client, trusted, hooks, admin"),
            (#"{"apps":[{"name":"a","users":["no-such-user"]}]}"#, "the user \"no-such-user\" of a does not exist"),
            (#"{"apps":[{"name":"a","groups":["no-such-group"]}]}"#, "the group \"no-such-group\" of a"),
            (#"{"apps":[{"name":"a","methods":["auth.nothing"]}]}"#, "no method is called \"auth.nothing\""),
            (#"{"apps":[{"name":"a","methods":["*"]}]}"#, "no method is called \"*\""),
            (#"{"apps":[{"name":"a","calls_per_second":0}]}"#, "integers from 1 to 1000000"),
            (#"{"apps":[{"name":"a","burst":1.5}]}"#, "apps[0].burst"),
            (#"{"apps":[{"name":"a","audience":""}]}"#, "1 to 256 bytes"),
            (#"{"apps":[{"name":"a"},{"name":"a"}]}"#, "is another app's too"),
            (#"{"apps":[{"name":"a","users":["0"]},{"name":"b","users":["root"]}]}"#, "is another app's too"),
            (#"{"apps":[{"name":"a","groups":["5"]},{"name":"b","groups":["5"]}]}"#, "is another app's too"),
        ])
    func refusals(text: String, sentence: String) {
        switch load(text) {
        case .success: Issue.record("accepted: \(text)")
        case .failure(let error):
            #expect(error.description.hasPrefix("AUTH_APPS_FILE: ") && error.description.contains(sentence), "\(error)")
        }
    }

    @Test("A file that is not there is named")
    func missing() {
        #expect(throws: SettingsError.self) { try AppSettings.load("/nonexistent/apps.json") }
    }

    @Test("Each limit has one setting, whose default is the limit's")
    func limits() throws {
        let names = Limits.adjustable.map(\.name)
        #expect(Set(names).count == names.count && Set(names) == Set(Limits.Name.allCases))
        let source = SettingSource(environment: ["AUTH_LIMIT_NESTING": "8"], configFile: nil)
        var expected = Limits.standard
        expected.nesting = 8
        #expect(try DaemonSettings(from: source).server.limits == expected)
        #expect(Limits.adjustable.allSatisfy { $0.range.contains(Limits.standard[keyPath: $0.place]) })
    }
}
