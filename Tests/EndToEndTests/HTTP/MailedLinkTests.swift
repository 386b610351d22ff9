import Foundation
import MVPAuth
import StrictJSON
import Testing

/// The whole way of an email: daemon, mailer, a mail server, and the page behind the link that arrived.
@Suite("Links that arrive by mail")
struct MailedLinkTests {
    private let base = "https://accounts.shop.example"
    private let password = "correct horse battery"

    /// A mail server, and a mailer that sends to it what this daemon gives out.
    private func mail(from daemon: Daemon) async throws -> (server: ChildProcess, mailer: ChildProcess) {
        let helper = Products.source("../EmailDeliveryTests/Helpers/mail_server.py")
        let server = try ChildProcess(
            "/usr/bin/python3", ["-B", helper, "{\"tls\": \"none\"}"], in: daemon.directory.path)
        #expect(await server.says("\"ready\""), "\(server.errors)")
        let port = try #require(said("ready", by: server).first?["port"]?.int)
        let mailer = try ChildProcess(
            Products.path("mvp-auth-mail"),
            ["--sink", "smtp", "--from", "Shop <no-reply@shop.example>"],
            environment: [
                "MVP_AUTH_SOCKET": "unix://" + daemon.socket, "MVP_AUTH_MAIL_SMTP_SERVER": "127.0.0.1:\(port)",
                "MVP_AUTH_MAIL_SMTP_TLS": "none",
            ], in: daemon.directory.path)
        #expect(await mailer.says("mvp-auth-mail ready"), "\(mailer.errors)")
        return (server, mailer)
    }

    private func said(_ event: String, by server: ChildProcess) -> [JSON] {
        server.output.split(separator: "\n").compactMap { try? JSON.read(Array($0.utf8)) }
            .filter { $0["event"]?.string == event }
    }

    /// The link in the plain text of a message, without what the operator put before it.
    private func link(number: Int, from server: ChildProcess) async throws -> String {
        let deadline = Date().addingTimeInterval(30)
        while said("message", by: server).count < number, Date() < deadline {
            try await Task.sleep(for: .milliseconds(20))
        }
        let message = try #require(said("message", by: server).dropFirst(number - 1).first)
        #expect(message["recipients"] == ["ada@example.org"] && message.at("message", "defects") == [])
        let texts = message.at("message", "parts")?.elements.compactMap { $0["text"]?.string } ?? []
        let text = try #require(texts.first)
        let start = try #require(text.range(of: base)).upperBound
        return String(text[start...].prefix { !$0.isWhitespace })
    }

    @Test("An address is confirmed and a password set by what arrived", arguments: Backend.allCases)
    func wholeWay(backend: Backend) async throws {
        let settings = ["AUTH_EMAIL_SINK": "socket", "AUTH_LINK_BASE_URL": base]
        let daemon = try await Daemon(try backend.settings().merging(settings) { $1 }, arguments: [])
        let service = try await HTTPService(daemon, arguments: ["--pages"])
        let account = "{\"email\":\"ada@example.org\",\"password\":\"\(password)\"}"
        #expect(try await service.send("POST", "/auth/register", account).status == 201)
        // Nobody sends yet: the message waits.
        let (server, mailer) = try await mail(from: daemon)

        let verification = try await link(number: 1, from: server)
        let token = try #require(verification.split(separator: "=").last)
        let asked = try await service.submit("/verify-email", "token=\(token)")
        #expect(try await service.send("GET", verification).status == 200)
        try await Task.sleep(for: .milliseconds(2100))
        let confirmed = try await service.submit("/verify-email", "token=\(token)&\(try asked.proof())")
        #expect(confirmed.status == 200 && confirmed.text.contains("ada@example.org is confirmed."))

        let forgotten = "{\"email\":\"ada@example.org\"}"
        #expect(try await service.send("POST", "/auth/forgot-password", forgotten).status == 200)
        let reset = try await link(number: 2, from: server)
        let page = try await service.send("GET", reset)
        let key = try #require(reset.split(separator: "=").last)
        try await Task.sleep(for: .milliseconds(2100))
        let done = try await service.submit(
            "/reset-password", "token=\(key)&\(try page.proof())&new_password=a+new+long+phrase")
        #expect(done.status == 200, "\(done.text)")
        let changed = account.replacingOccurrences(of: password, with: "a new long phrase")
        #expect(try await service.send("POST", "/auth/login", account).status == 401)
        #expect(try await service.send("POST", "/auth/login", changed).status == 200)
        for log in [mailer.errors, mailer.output, daemon.process.errors, service.process.errors] {
            #expect(!log.contains(token) && !log.contains(key))
        }
    }

    @Test(
        "A link whose time is over looks like any that does not work",
        .enabled(if: FakeTime.library != nil, "libfaketime is not installed"))
    func expired() async throws {
        let directory = try ScratchDirectory()
        let early = try await Daemon(in: directory)
        let client = early.client()
        _ = try await client.register(email: "ada@example.org", password: Secret(password))
        try await client.forgotPassword(email: "ada@example.org")
        let token = try await early.mailedToken(.passwordReset, to: "ada@example.org").reveal()
        await client.close()
        #expect(await early.stop() == 0)

        // One hour is how long a reset token lives.
        let late = try await Daemon(FakeTime.settings("+61m"), in: directory)
        let service = try await HTTPService(late, arguments: ["--pages"])
        var answers: Set<String> = []
        var bodies: [String] = []
        for token in [token, "e30.e30.c2ln"] {
            let page = try await service.send("GET", "/reset-password?token=\(token)")
            bodies.append("token=\(token)&\(try page.proof())&new_password=a+new+long+phrase")
        }
        try await Task.sleep(for: .milliseconds(2100))
        for body in bodies {
            let answer = try await service.submit("/reset-password", body)
            #expect(answer.status == 400 && answer.text.contains("This link does not work"))
            answers.insert(answer.text)
        }
        #expect(answers.count == 1)
        let account = "{\"email\":\"ada@example.org\",\"password\":\"\(password)\"}"
        #expect(try await service.send("POST", "/auth/login", account).status == 200)
    }
}
