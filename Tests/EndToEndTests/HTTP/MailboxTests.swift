import Foundation
import MVPAuth
import Testing

@Suite("The mailbox of development")
struct MailboxTests {
    private func registered(_ email: String, _ daemon: Daemon) async throws -> Secret {
        _ = try await daemon.client().register(email: email, password: Secret("correct horse battery"))
        return try await daemon.mailedToken(.verification, to: email)
    }

    @Test("shows what was handed out: in a list, as text, as HTML, and with its link")
    func pages() async throws {
        let daemon = try await Daemon()
        let service = try await HTTPService(daemon, arguments: ["--dev"])
        let empty = try await service.send("GET", "/dev/mailbox")
        #expect(empty.status == 200 && empty.text.contains("Nothing yet."))
        let token = try await registered("ada@example.org", daemon).reveal()
        let list = try await service.send("GET", "/dev/mailbox")
        #expect(list.text.contains("Confirm your email address for mvp-auth") && list.text.contains("ada@example.org"))
        #expect(!list.text.contains(token), "the list is for looking at")
        #expect(list["Cache-Control"] == "no-store" && list["Referrer-Policy"] == "no-referrer")
        let policy = try #require(list["Content-Security-Policy"])
        #expect(policy.hasPrefix("default-src 'none'") && !policy.contains("unsafe") && !policy.contains("script-src"))
        let id = try #require(list.text.firstMatch(of: /href="mailbox\/([0-9a-f-]{36})"/)?.1)
        let detail = try await service.send("GET", "/dev/mailbox/\(id)")
        #expect(detail.text.contains("href=\"http://127.0.0.1:8080/verify-email?token=\(token)\""))
        #expect(detail.text.contains("<pre>Somebody, presumably you, gave ada@example.org as their address"))
        let html = try await service.send("GET", "/dev/mailbox/html/\(id)")
        #expect(html.text.contains("verify-email?token=\(token)") && html.text.contains("<base target=\"_blank\">"))
        let bodyPolicy = try #require(html["Content-Security-Policy"])
        #expect(bodyPolicy.contains("sandbox allow-popups") && !bodyPolicy.contains("allow-scripts"))
        for unknown in ["/dev/mailbox/5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10", "/dev/mailbox/x", "/dev/mailbox/html/x"] {
            #expect(try await service.send("GET", unknown).status == 404, "\(unknown)")
        }
        let slash = try await service.send("GET", "/dev/mailbox/")
        #expect(slash.status == 308 && slash["Location"] == "../mailbox")
    }

    @Test("is not there when the daemon or the shim is in production")
    func production() async throws {
        let directory = try ScratchDirectory()
        let daemon = try await Daemon(["AUTH_EMAIL_SINK": "socket"], in: directory, arguments: [])
        let shim = try await HTTPService(daemon, arguments: ["--dev"])
        let unknown = try await shim.send("GET", "/dev/nothing")
        #expect(unknown.status == 404)
        for path in ["/dev/mailbox", "/dev/mailbox/x", "/dev/mailbox/html/x"] {
            let answer = try await shim.send("GET", path)
            #expect(answer.status == 404 && answer.body == unknown.body, "\(path)")
        }
        let plain = try await HTTPService(try await Daemon())
        #expect(try await plain.send("GET", "/dev/mailbox").status == 404)
        let settings = try await HTTPService(
            plain.daemon, settings: ["MVP_AUTH_HTTP_LOG_REQUESTS": "true"])
        #expect(try await settings.send("GET", "/dev/mailbox").status == 404, "a setting does not open it")
    }

    @Test("is kept from pages of other origins, whatever they call themselves")
    func origins() async throws {
        let daemon = try await Daemon()
        let service = try await HTTPService(daemon, arguments: ["--dev", "--cors-origin", "*"])
        let other = try await service.send("GET", "/dev/mailbox", headers: ["Origin": "https://other.example"])
        #expect(other.status == 200 && other["Access-Control-Allow-Origin"] == nil)
        for host in ["other.example", "localhost.other.example", "notlocalhost:80", "127.0.0.1.other.example"] {
            #expect(try await service.send("GET", "/dev/mailbox", headers: ["Host": host]).status == 403, "\(host)")
        }
        for host in ["localhost:8080", "LOCALHOST", "app.localhost", "127.0.0.1:1", "[::1]:8080", "192.0.2.7"] {
            #expect(try await service.send("GET", "/dev/mailbox", headers: ["Host": host]).status == 200, "\(host)")
        }
    }

    @Test("a text of an email is text on the page")
    func escaping() async throws {
        let daemon = try await Daemon()
        let service = try await HTTPService(daemon, arguments: ["--dev"])
        let line = #"""
            {"jsonrpc":"2.0","id":1,"method":"admin.send_test_message","params":{"email":"ops@example.org","app":"<i>&\"'"}}
            """#
        #expect(try await daemon.ask(line).contains("\"result\""))
        for _ in 0..<400 where !daemon.process.output.contains("test_email for ops@example.org") {
            try await Task.sleep(for: .milliseconds(5))
        }
        let list = try await service.send("GET", "/dev/mailbox")
        #expect(list.text.contains("A test message of &lt;i&gt;&amp;&quot;&#39;") && !list.text.contains("<i>"))
        let id = try #require(list.text.firstMatch(of: /href="mailbox\/([0-9a-f-]{36})"/)?.1)
        for path in ["/dev/mailbox/\(id)", "/dev/mailbox/html/\(id)"] {
            #expect(try await !service.send("GET", path).text.contains("<i>"), "\(path)")
        }
    }

    @Test("is a page that a browser can use", .timeLimit(.minutes(2)))
    func browser() async throws {
        let daemon = try await Daemon()
        let service = try await HTTPService(daemon, arguments: ["--dev"])
        let token = try await registered("ada@example.org", daemon)
        try await daemon.client().forgotPassword(email: "ada@example.org")
        _ = try await daemon.mailedToken(.passwordReset, to: "ada@example.org")
        let browser = try ChildProcess(
            "/usr/bin/env",
            ["python3", Products.source("Browser/mailbox_page.py"), service.base, "ada@example.org", token.reveal()],
            in: daemon.directory.path)
        let status = await browser.ended(within: 100)
        #expect(status == 0, "\(browser.output)\(browser.errors)")
    }
}
