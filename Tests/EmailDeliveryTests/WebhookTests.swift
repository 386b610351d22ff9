import Foundation
import MVPAuth
import StrictJSON
import Testing

@testable import EmailDelivery

@Suite("Posting to a webhook")
struct WebhookTests {
    private static let secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAAAAAAAAAAA="
    private static let previous = "c2Vjb25kIHNlY3JldCBvZiB0aGUgcmVjZWl2ZXI="

    private func server(tls: (certificate: String, key: String)? = nil, in directory: Scratch) throws -> Helper {
        var options: JSON = ["secrets": [.string(Self.secret), .string(Self.previous)]]
        if let tls {
            options["certificate"] = .string(tls.certificate)
            options["key"] = .string(tls.key)
        }
        return try Helper("web_server.py", [String(decoding: options.text, as: UTF8.self)], in: directory)
    }

    private func sink(_ url: String, _ more: [String: String] = [:]) throws -> any DeliverySink {
        try EmailDeliveryTests.sink(
            [
                "MVP_AUTH_MAIL_SINK": "webhook", "MVP_AUTH_MAIL_WEBHOOK_URL": url,
                "MVP_AUTH_MAIL_WEBHOOK_SECRET": "whsec_" + Self.secret,
            ].merging(more) { $1 })
    }

    @Test("posts the event, signed so that the receiver's own check agrees; with two secrets while one is changed")
    func posts() async throws {
        let directory = try Scratch()
        let server = try server(in: directory)
        let base = "http://127.0.0.1:\(try await server.port())"
        let email = email(to: "ädä@example.org")
        #expect(try await sink(base + "/200/a?b=c").deliver(email) == .delivered)
        let post = try await server.said("post")
        #expect(post["signatures"] == [0] && post["path"] == "/200/a?b=c")
        #expect(post["headers"]?["webhook-id"]?.string == email.id)
        #expect((post["age"]?.int ?? 100) < 60)
        #expect(post["headers"]?["content-type"] == "application/json")
        #expect(post["headers"]?["user-agent"] == "mvp-auth-mail/test")
        let body = try #require(post["body"])
        #expect(body["id"]?.string == email.id && body["event"] == "verification_email" && body["attempt"] == 1)
        #expect(body["email"] == "ädä@example.org" && body["token"]?.string == token && body["app"] == "shop")
        #expect(body["link"]?.string == email.link?.reveal())
        #expect(body["created_at"]?.string == email.createdAt.description)
        #expect(body["expires_at"]?.string == email.expiresAt.description)
        let both = try sink(base + "/204", ["MVP_AUTH_MAIL_WEBHOOK_SECRET_PREVIOUS": "whsec_" + Self.previous])
        #expect(await both.deliver(email) == .delivered)
        #expect(try await server.said("post", times: 2)["signatures"] == [0, 1])
    }

    @Test("posts share a connection")
    func reuses() async throws {
        let directory = try Scratch()
        let server = try server(in: directory)
        let sink = try sink("http://127.0.0.1:\(try await server.port())/200", ["MVP_AUTH_MAIL_AT_ONCE": "1"])
        for _ in 0..<3 { #expect(await sink.deliver(email()) == .delivered) }
        #expect(Set(server.events("post").compactMap { $0["port"]?.int }).count == 1)
    }

    @Test(
        "the status decides what becomes of an event",
        arguments: [
            ("/410", DeliveryOutcome.drop(reason: "HTTP 410")),
            ("/429/7", .retry(after: .seconds(7), reason: "HTTP 429")),
            ("/503/90", .retry(after: .seconds(90), reason: "HTTP 503")),
            ("/503", .retry(after: nil, reason: "HTTP 503")),
            ("/500", .retry(after: nil, reason: "HTTP 500")),
            ("/404", .retry(after: nil, reason: "HTTP 404")),
            ("/401", .retry(after: nil, reason: "HTTP 401")),
            // An answer that nobody reads to its end is an answer.
            ("/200/x/1000000", .delivered), ("/500/x/1000000", .retry(after: nil, reason: "HTTP 500")),
        ])
    func answers(path: String, outcome: DeliveryOutcome) async throws {
        let directory = try Scratch()
        let server = try server(in: directory)
        #expect(try await sink("http://127.0.0.1:\(try await server.port())\(path)").deliver(email()) == outcome)
    }

    @Test("Retry-After as a date is understood")
    func retryDate() async throws {
        let directory = try Scratch()
        let server = try server(in: directory)
        let date = MailDate.text(of: SystemTime().now() + 600).replacing("+0000", with: "GMT").replacing(" ", with: "_")
        let outcome = try await sink("http://127.0.0.1:\(try await server.port())/429/\(date)").deliver(email())
        guard case .retry(let delay?, _) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(delay > .seconds(300) && delay <= .seconds(600))
    }

    @Test(
        "a redirect is not followed: the event goes where it was sent and nowhere else",
        arguments: [301, 302, 307, 308])
    func redirects(status: Int) async throws {
        let directory = try Scratch()
        let server = try server(in: directory)
        let outcome = try await sink("http://127.0.0.1:\(try await server.port())/\(status)").deliver(email())
        #expect(outcome == .retry(after: nil, reason: "HTTP \(status)"))
        #expect(server.events("post").map { $0["path"]?.string } == ["/\(status)"])
    }

    @Test("a receiver that hangs is left after its time")
    func slow() async throws {
        let directory = try Scratch()
        let server = try server(in: directory)
        let sink = try sink(
            "http://127.0.0.1:\(try await server.port())/slow", ["MVP_AUTH_MAIL_TOTAL_SECONDS": "2"])
        #expect(await sink.deliver(email()).isRetry)
    }

    @Test("over TLS only to whom an authority vouches for")
    func certificates() async throws {
        let directory = try Scratch()
        let certificate = try directory.certificate()
        let server = try server(tls: certificate, in: directory)
        let url = "https://localhost:\(try await server.port())/200"
        let strange = try sink(url)
        #expect(await strange.deliver(email()).isRetry)
        await #expect(throws: (any Error).self) { try await strange.check() }
        #expect(server.events("post").isEmpty)
        let known = try sink(url, ["MVP_AUTH_MAIL_CA_FILE": certificate.certificate])
        try await known.check()
        #expect(server.events("post").isEmpty, "a check sends nothing")
        #expect(await known.deliver(email()) == .delivered)
    }

    @Test(
        "what crosses the network goes over TLS",
        arguments: [
            "http://example.org/", "http://127.0.0.1.example.org/", "http://localhost.example.org/", "ftp://localhost/",
            "http://1.2.3.4/", "http://localhost@example.org/", "http://user:pw@localhost/", "https:///x", "https://",
            "https://exa mple.org/", "http://127.0.0.1:99999/", "https://example.org/#x", "http://[::2]/",
        ])
    func refusedURLs(url: String) throws {
        #expect(WebhookURL(url) == nil)
        #expect(throws: (any Error).self) { try sink(url) }
    }

    @Test(
        "and these are taken",
        arguments: [
            "https://example.org", "https://example.org:8443/hooks?a=b", "http://localhost:80/", "http://[::1]:8080/x",
            "http://127.0.0.2/",
        ])
    func acceptedURLs(url: String) {
        #expect(WebhookURL(url) != nil)
    }

    @Test("a secret is base64 of 24 to 64 bytes with its mark, and nothing else")
    func secrets() {
        #expect(WebhookSignature.Key(Secret("whsec_" + Self.secret)) != nil)
        let bad = [
            Self.secret, "whsec_", "whsec_c2hvcnQ=", "whsec_" + Self.secret + "!", "whsec_" + Self.secret.dropLast(3),
            "whsec_" + Base64.encode(Array(repeating: 7, count: 65)),
            "whsec_" + Self.secret.replacing("/", with: "_") + "_",
        ]
        for secret in bad { #expect(WebhookSignature.Key(Secret(secret)) == nil, "\(secret)") }
    }

    @Test("base64 is what Foundation makes of it")
    func base64() {
        for count in 0..<200 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255) }
            let text = Data(bytes).base64EncodedString()
            #expect(Base64.encode(bytes) == text)
            #expect(Base64.decode(text) == bytes)
        }
        for bad in ["YWJ=", "YW=J", "Y", "YWJj=", "=", "YQ===", "Y Q="] { #expect(Base64.decode(bad) == nil, "\(bad)") }
    }
}
