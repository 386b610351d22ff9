import MVPAuth
import StrictJSON
import Testing

@testable import EmailDelivery

@Suite("Sending by SMTP")
struct SMTPTests {
    private struct Server {
        let helper: Helper
        let directory: Scratch
        let settings: [String: String]

        /// - Parameter tls: as in `MVP_AUTH_MAIL_SMTP_TLS`.
        init(_ tls: String = "starttls", user: String? = nil, _ options: [String: JSON] = [:]) async throws {
            directory = try Scratch()
            let (certificate, key) = try directory.certificate()
            var all: [String: JSON] = [
                "tls": .string(tls), "certificate": .string(certificate), "key": .string(key),
                "mechanisms": ["PLAIN", "LOGIN", "XOAUTH2"],
            ]
            if let user { all.merge(["user": .string(user), "password": "p wörd"]) { $1 } }
            all.merge(options) { $1 }
            helper = try Helper(
                "mail_server.py",
                [String(decoding: JSON.object(all.map { JSON.Member($0.key, $0.value) }).text, as: UTF8.self)],
                in: directory)
            var settings = [
                "MVP_AUTH_MAIL_SINK": "smtp", "MVP_AUTH_MAIL_FROM": "Shop <no-reply@shop.example>",
                "MVP_AUTH_MAIL_SMTP_SERVER": "127.0.0.1:\(try await helper.port())", "MVP_AUTH_MAIL_SMTP_TLS": tls,
                "MVP_AUTH_MAIL_CA_FILE": certificate, "MVP_AUTH_MAIL_SMTP_HELO": "sender.test",
            ]
            if let user {
                settings.merge(["MVP_AUTH_MAIL_SMTP_USER": user, "MVP_AUTH_MAIL_SMTP_PASSWORD": "p wörd"]) { $1 }
            }
            self.settings = settings
        }

        func sink(_ more: [String: String] = [:]) throws -> any DeliverySink {
            try EmailDeliveryTests.sink(settings.merging(more) { $1 })
        }
    }

    @Test("what arrives is the message, over TLS", arguments: ["starttls", "tls"])
    func delivers(tls: String) async throws {
        let server = try await Server(tls)
        let email = email()
        #expect(try await server.sink().deliver(email) == .delivered)
        let arrived = try await server.helper.said("message")
        #expect(arrived["sender"] == "no-reply@shop.example" && arrived["recipients"] == ["ada@example.org"])
        #expect(arrived["encrypted"]?.isTrue == true)
        let message = try #require(arrived["message"])
        #expect(message["defects"] == [])
        #expect(message["headers"]?["message-id"]?.string == "<\(email.id)@shop.example>")
        #expect(message["headers"]?["auto-submitted"] == "auto-generated")
        #expect(message["parts"]?.elements.count == 2)
        for part in message["parts"]?.elements ?? [] { #expect(part["text"]?.string?.contains(token) == true) }
        #expect(try await server.helper.said("ehlo")["name"] == "sender.test")
    }

    @Test(
        "signs in as it is told",
        arguments: [("password", "plain"), ("plain", "plain"), ("login", "login"), ("xoauth2", "xoauth2")])
    func authenticates(setting: String, mechanism: String) async throws {
        let server = try await Server(user: "ada")
        let sink = try server.sink(["MVP_AUTH_MAIL_SMTP_AUTH": setting])
        try await sink.check()
        #expect(server.helper.events("message").isEmpty, "a check sends nothing")
        #expect(await sink.deliver(email()) == .delivered)
        #expect(try await server.helper.said("message")["user"]?.string == mechanism)
    }

    @Test("a wrong password loses no message, and a check says so")
    func wrongPassword() async throws {
        let server = try await Server(user: "ada")
        let sink = try server.sink(["MVP_AUTH_MAIL_SMTP_PASSWORD": "another"])
        let outcome = await sink.deliver(email())
        #expect(outcome.isRetry && outcome.reason.contains("535"), "\(outcome)")
        #expect(!outcome.reason.contains("another"))
        await #expect(throws: (any Error).self) { try await sink.check() }
        let without = try server.sink(["MVP_AUTH_MAIL_SMTP_AUTH": "login"])
        #expect(await without.deliver(email()) == .delivered)
    }

    @Test("a check says that a server offers no way to sign in")
    func offersNone() async throws {
        let server = try await Server("none")
        let sink = try server.sink(["MVP_AUTH_MAIL_SMTP_USER": "a", "MVP_AUTH_MAIL_SMTP_PASSWORD": "b"])
        await #expect(throws: (any Error).self) { try await sink.check() }
    }

    @Test("messages share a connection, and a refused address holds up nobody")
    func reuses() async throws {
        let server = try await Server()
        let sink = try server.sink(["MVP_AUTH_MAIL_AT_ONCE": "1"])
        for _ in 0..<3 { #expect(await sink.deliver(email()) == .delivered) }
        #expect(server.helper.events("connection").count == 1)
        let refused = await sink.deliver(email(to: "nobody@example.org"))
        #expect(refused == .drop(reason: "rcpt: 550-5.1.1 There is nobody"))
        #expect(await sink.deliver(email()) == .delivered)
        await sink.close()
    }

    @Test("many at once use no more connections than are allowed, and all arrive once")
    func manyAtOnce() async throws {
        let server = try await Server()
        let sink = try server.sink(["MVP_AUTH_MAIL_AT_ONCE": "3"])
        let ids = (0..<20).map { _ in UserID.random(from: SystemEntropy()).description }
        await withTaskGroup(of: DeliveryOutcome.self) { group in
            for id in ids { group.addTask { await sink.deliver(email(id: id)) } }
            for await outcome in group { #expect(outcome == .delivered) }
        }
        let arrived = server.helper.events("message").compactMap { $0["message"]?["headers"]?["message-id"]?.string }
        #expect(Set(arrived) == Set(ids.map { "<\($0)@shop.example>" }) && arrived.count == 20)
        #expect(server.helper.events("connection").count <= 3)
    }

    @Test(
        "what a server says decides what becomes of a message",
        arguments: [
            ("later@example.org", false, "rcpt: 451 4.7.1 Greylisted, try again"),
            ("nobody@example.org", true, "rcpt: 550-5.1.1 There is nobody"),
            ("spam@example.org", true, "body: 554 5.7.1 This looks like spam"),
        ])
    func answers(address: String, isFinal: Bool, reason: String) async throws {
        let server = try await Server()
        let outcome = try await server.sink().deliver(email(to: address))
        #expect(outcome == (isFinal ? .drop(reason: reason) : .retry(after: nil, reason: reason)))
    }

    @Test("a sender that is refused is the operator's to mend: no message is lost by it")
    func refusedSender() async throws {
        let server = try await Server()
        let outcome = try await server.sink(["MVP_AUTH_MAIL_FROM": "refused@shop.example"]).deliver(email())
        #expect(outcome == .retry(after: nil, reason: "mail: 550 5.7.1 This sender may not send here"))
    }

    @Test("a connection that breaks after the message: whether it arrived is not known, so it is sent again")
    func droppedAfterData() async throws {
        let server = try await Server()
        let outcome = try await server.sink().deliver(email(to: "dropped@example.org"))
        #expect(outcome.isRetry && outcome.reason.hasPrefix("no answer after the message"), "\(outcome)")
    }

    @Test("a connection that was kept and has gone meanwhile is made again at once")
    func staleConnection() async throws {
        let server = try await Server("none", ["close_idle": true])
        let sink = try server.sink(["MVP_AUTH_MAIL_AT_ONCE": "1"])
        #expect(await sink.deliver(email()) == .delivered)
        #expect(await sink.deliver(email()) == .delivered)
        #expect(server.helper.events("connection").count == 2)
    }

    @Test("a server that hangs is left after its time, and holds up nobody else")
    func slow() async throws {
        let server = try await Server()
        let sink = try server.sink(["MVP_AUTH_MAIL_ANSWER_SECONDS": "2", "MVP_AUTH_MAIL_AT_ONCE": "2"])
        async let slow = sink.deliver(email(to: "slow@example.org"))
        #expect(await sink.deliver(email()) == .delivered)
        let outcome = await slow
        #expect(outcome.isRetry, "\(outcome)")
    }

    @Test("a task that is cancelled does not wait for the server")
    func cancelled() async throws {
        let server = try await Server()
        let sink = try server.sink()
        let task = Task { await sink.deliver(email(to: "slow@example.org")) }
        try await server.helper.said("ehlo", times: 2)
        task.cancel()
        let start = ContinuousClock.now
        #expect(await task.value.isRetry)
        // The server itself would take 30 seconds.
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test("nothing is sent where TLS cannot be had, and no password", arguments: [true, false])
    func withoutTLS(isUntrusted: Bool) async throws {
        let server = try await Server(isUntrusted ? "starttls" : "none", user: isUntrusted ? "ada" : nil)
        var settings = ["MVP_AUTH_MAIL_SMTP_TLS": "starttls"]
        if isUntrusted { settings["MVP_AUTH_MAIL_CA_FILE"] = "" }
        let sink = try server.sink(settings)
        let outcome = await sink.deliver(email())
        #expect(outcome.isRetry, "\(outcome)")
        await #expect(throws: (any Error).self) { try await sink.check() }
        #expect(server.helper.events("message").isEmpty)
    }

    @Test("addresses beyond ASCII: the domain as A-labels, and SMTPUTF8 only for what stands before the @")
    func international() async throws {
        let server = try await Server()
        let sink = try server.sink()
        #expect(await sink.deliver(email(to: "ada@bücher.example")) == .delivered)
        let plain = try await server.helper.said("message")
        #expect(plain["recipients"] == ["ada@xn--bcher-kva.example"])
        #expect(plain["options"]?.elements.contains("SMTPUTF8") == false)
        #expect(plain["message"]?["ascii"]?.isTrue == true)
        #expect(await sink.deliver(email(to: "ädä@bücher.example")) == .delivered)
        let utf8 = try await server.helper.said("message", times: 2)
        #expect(utf8["recipients"] == ["ädä@xn--bcher-kva.example"])
        #expect(utf8["options"]?.elements.contains("SMTPUTF8") == true)
    }

    @Test("a server that sends the message back tells nobody the token")
    func echo() async throws {
        let server = try await Server()
        let outcome = try await server.sink().deliver(email(to: "echo@example.org"))
        #expect(outcome.isDrop && outcome.reason.contains("554"), "\(outcome)")
        for piece in token.split(separator: ".") { #expect(!outcome.reason.contains(piece)) }
    }

    @Test("nobody there: the message waits")
    func nobody() async throws {
        let sink = try sink([
            "MVP_AUTH_MAIL_SINK": "smtp", "MVP_AUTH_MAIL_FROM": "a@shop.example",
            "MVP_AUTH_MAIL_SMTP_SERVER": "127.0.0.1:1",
        ])
        #expect(await sink.deliver(email()).isRetry)
    }

    @Test(
        "an address that no message can be written to is refused without a connection",
        arguments: [
            "ada@example.org\r\nBcc: eve@example.org", "ada@example.org>\r\nDATA", "ada", "@example.org",
            "ada@", "a b@example.org", "\"a b\"@example.org", "ada@exam ple.org", "a@b@example.org", "ada@[127.0.0.1]",
            "ada\u{0}@example.org", "ada\u{200B}@example.org", ".ada@example.org", "ada\u{2028}@example.org",
        ])
    func impossibleAddresses(address: String) async throws {
        let sink = try sink([
            "MVP_AUTH_MAIL_SINK": "smtp", "MVP_AUTH_MAIL_FROM": "a@shop.example",
            "MVP_AUTH_MAIL_SMTP_SERVER": "127.0.0.1:1",
        ])
        #expect(await sink.deliver(email(to: address)).isDrop)
    }
}
