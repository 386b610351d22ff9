import Foundation
import Testing

@testable import AuthSettings

/// What of a program's settings is accepted, and what is said of the rest.
@Suite("Sources of settings")
struct SettingSourceTests {
    /// Everything that is wrong with the daemon's settings, and what they came out as.
    private func read(
        _ environment: [String: String] = [:], file text: String? = nil
    ) throws -> (faults: [String], source: SettingSource) {
        let path = NSTemporaryDirectory() + "settings-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        if let text { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
        let source = SettingSource(environment: environment, configFile: text == nil ? nil : path)
        do throws(SettingsError) {
            _ = try DaemonSettings(from: source)
            return ([], source)
        } catch {
            return (error.sentences.map { $0.replacingOccurrences(of: path, with: "f") }, source)
        }
    }

    @Test("CRLF and a byte order mark lose nothing")
    func foreignEditors() throws {
        let text =
            "\u{FEFF}AUTH_ISSUER=https://a.example\r\nAUTH_REQUIRE_EMAIL_VERIFICATION=true\r\nAUTH_BCRYPT_COST='9'\r\n"
        let (faults, source) = try read(file: text)
        let values = Dictionary(uniqueKeysWithValues: source.effective.map { ($0.name, $0.shown) })
        #expect(faults.isEmpty && values["AUTH_ISSUER"] == "https://a.example")
        #expect(values["AUTH_REQUIRE_EMAIL_VERIFICATION"] == "true" && values["AUTH_BCRYPT_COST"] == "9")
    }

    @Test(
        "An unknown name in a file is a sentence with the nearest that is known",
        arguments: [
            ("AUTH_SECERT_KEY=x", "There is no setting AUTH_SECERT_KEY; the nearest is AUTH_SECRET_KEY."),
            ("AUTH_PASSWORD_MIN_LENGTH=9", "the nearest is AUTH_MIN_PASSWORD_LENGTH."),
            ("auth_issuer=x", "There is no setting auth_issuer; the nearest is AUTH_ISSUER."),
            ("ATUH_ISSUER=x", "the nearest is AUTH_ISSUER."), ("AUTH_ISUER_FILE=x", "There is no setting"),
            ("AUTH_LIMIT_LINE_BYTE=99999", "the nearest is AUTH_LIMIT_LINE_BYTES."),
            ("MVP_AUTH_HTTP_LISTEN=:80", "MVP_AUTH_HTTP_LISTEN is a setting of mvp-auth-http, not of mvp-authd."),
            ("MVP_AUTH_SOCKET=/x", "is a setting of mvp-auth-http"), ("PATH=/bin", "PATH is no setting of mvp-authd."),
            ("AUTH_EMAIL_COMMAND=/x", "mvp-auth-mail --sink command has MVP_AUTH_MAIL_COMMAND."),
            ("c2VjcmV0c2VjcmV0=", "The name before the = sign is no setting"),
        ])
    func unknownNames(line: String, sentence: String) throws {
        let (faults, _) = try read(file: "AUTH_BCRYPT_COST=9\n\(line)\n")
        #expect(faults.count == 1 && faults.first?.hasPrefix("f, line 2: ") == true, "\(faults)")
        #expect(faults.first?.contains(sentence) == true, "\(faults)")
    }

    @Test("Everything that is wrong is said at once")
    func all() throws {
        let (faults, source) = try read(
            ["AUTH_ALGORITHM": "none", "AUTH_EMAIL_SINK": "command"],
            file: "AUTH_BCRYPT_COST=99\nnonsense\nAUTH_STRCT=true\nAUTH_PROFILE=x\nAUTH_ISSUER=a\nAUTH_ISSUER=b\n")
        for part in [
            "AUTH_ALGORITHM is \"none\"", "f, line 1: AUTH_BCRYPT_COST is \"99\"", "f, line 2: ", "f, line 3: ",
            "f, line 4: AUTH_PROFILE is \"x\" and must be one of default, nist.", "f, line 6: ",
            "run mvp-auth-mail --sink command with MVP_AUTH_MAIL_COMMAND",
        ] {
            #expect(faults.contains { $0.hasPrefix(part) || $0.contains(part) }, "\(part): \(faults)")
        }
        #expect(faults.count == 7 && source.effective.filter { $0.fault != nil }.count == 4)
    }

    @Test("An unknown name in the environment is a warning, and a fault where the daemon is strict")
    func environment() throws {
        let names = ["AUTH_ISUER": "x", "MVP_AUTH_STATE_DIRS": "/x", "AUTH_NOTHING": "", "OAUTH_ISSUER": "x"]
        let (faults, source) = try read(names)
        #expect(faults.isEmpty && source.warnings.count == 2)
        #expect(source.warnings.contains { $0.contains("the nearest is AUTH_ISSUER.") })
        for truth in ["true", "1", "yes"] {
            #expect(try read(names.merging(["AUTH_STRICT": truth]) { $1 }).faults.count == 2)
        }
        #expect(try read(names, file: "AUTH_STRICT=true").faults.count == 2)
        #expect(try read(["MVP_AUTH_HTTP_PREFIX": "/x", "MVP_AUTH_SOCKET": "/x"]).source.warnings.isEmpty)
        let shim = SettingSource(
            for: .shim, environment: ["AUTH_ISSUER": "x", "AUTH_ISUER": "x"], configFile: nil)
        try shim.finish()
        #expect(shim.warnings.count == 1 && shim.warnings[0].contains("the nearest is AUTH_ISSUER of mvp-authd."))
    }

    @Test("Nothing is not a value, but for a secret")
    func empty() throws {
        let (faults, source) = try read(["AUTH_STRICT": "", "AUTH_BCRYPT_COST": ""], file: "AUTH_ISSUER=\n")
        #expect(faults.isEmpty && source.effective.allSatisfy { $0.origin == "default" })
    }

    @Test("A wrong value in a file is not shown when it is a secret, and its two places are told apart")
    func secrets() throws {
        let (faults, _) = try read(file: "AUTH_SECRET_KEY=canary\nAUTH_SECRET_KEY_FILE=/x\n")
        #expect(faults.count == 1 && faults[0].contains("both set") && !faults[0].contains("canary"))
        let (missing, _) = try read(["AUTH_SECRET_KEY_FILE": "/nonexistent/key"])
        #expect(missing == ["AUTH_SECRET_KEY_FILE: /nonexistent/key cannot be read. It does not exist."])
    }

    @Test("Text that is no UTF-8 is refused")
    func encoding() throws {
        #expect(try read(["AUTH_ISSUER": "a\u{FFFD}"]).faults == ["AUTH_ISSUER is not UTF-8 text."])
    }
}
