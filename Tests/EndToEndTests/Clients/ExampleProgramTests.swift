import Foundation
import MVPAuth
import Testing

/// The programs of `Examples/` that use the client, against a real daemon.
@Suite("The examples' programs", .serialized)
struct ExampleProgramTests {
    private struct Site {
        let app: ChildProcess
        let port: UInt16

        init(_ daemon: Daemon) async throws {
            app = try ChildProcess(
                Products.path("HummingbirdExample"), ["0"],
                environment: ["MVP_AUTH_SOCKET": "unix://" + daemon.socket], in: daemon.directory.path)
            guard await app.says("ready on http://127.0.0.1:"),
                let start = app.output.range(of: "http://127.0.0.1:"),
                let port = UInt16(app.output[start.upperBound...].prefix { $0.isNumber })
            else { throw DaemonFailure(description: "the example did not start: \(app.errors)") }
            self.port = port
        }

        func get(_ path: String, _ authorization: String? = nil) async throws -> HTTPAnswer {
            let wire = try WireSocket(port: port)
            let header = authorization.map { "Authorization: \($0)\r\n" } ?? ""
            try await wire.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\(header)\r\n")
            return try await HTTPService.answer(from: wire)
        }
    }

    @Test(
        "Trap 15: the Hummingbird app lets the signed in through, challenges the others, and says when the daemon is down"
    )
    func hummingbird() async throws {
        let daemon = try await Daemon()
        let client = daemon.client()
        let password = Secret("correct horse battery")
        _ = try await client.register(email: "ada@example.org", password: password)
        let pair = try await client.login(email: "ada@example.org", password: password)
        let bearer = "Bearer " + pair.accessToken.reveal()
        let site = try await Site(daemon)

        #expect(try await site.get("/").status == 200)
        for scheme in ["Bearer ", "bearer "] {
            let answer = try await site.get("/private", scheme + pair.accessToken.reveal())
            #expect(answer.status == 200 && answer.json?["email"] == "ada@example.org")
        }
        for authorization in [nil, "Bearer", "Bearer ", "Basic YTpi", "Bearer none", bearer + "x"] {
            let answer = try await site.get("/private", authorization)
            #expect(answer.status == 401 && answer["WWW-Authenticate"] == "Bearer", "\(authorization ?? "-")")
            #expect(answer.code == "TOKEN_INVALID" && answer["Cache-Control"] == "no-store")
        }
        try await client.logout(accessToken: pair.accessToken)
        #expect(try await site.get("/private", bearer).code == "TOKEN_REVOKED")

        await client.close()
        #expect(await daemon.stop() == 0)
        let away = try await site.get("/private", bearer)
        #expect(away.status == 503 && away.code == "UNAVAILABLE" && away["Retry-After"] != nil)
        #expect(try await site.get("/").status == 200)

        // The app was not started again, the daemon was.
        let again = try await Daemon(in: daemon.directory)
        #expect(try await site.get("/private", bearer).code == "TOKEN_REVOKED")
        #expect(await again.stop() == 0)
    }

    @Test(
        "Trap 16: of two users whose requests are interleaved in the Hummingbird app each sees his own",
        .timeLimit(.minutes(2)))
    func interleaved() async throws {
        let daemon = try await Daemon()
        let client = daemon.client()
        let password = Secret("correct horse battery")
        var bearers: [(email: String, bearer: String)] = []
        for email in ["ada@example.org", "bob@example.org"] {
            _ = try await client.register(email: email, password: password)
            let pair = try await client.login(email: email, password: password)
            bearers.append((email, "Bearer " + pair.accessToken.reveal()))
        }
        let site = try await Site(daemon)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                let (email, bearer) = bearers[number % 2]
                group.addTask { try await site.get("/private", bearer).json?["email"]?.string == email }
            }
            for try await isOwn in group { #expect(isOwn) }
        }
        await client.close()
        #expect(await daemon.stop() == 0)
    }

    @Test("What Python signed in, Swift greets and signs out, and Python sees that")
    func twoLanguages() async throws {
        let daemon = try await Daemon()
        let python = try ChildProcess(
            "/usr/bin/python3",
            [Products.source("../../Examples/TwoLanguages/accounts.py"), Products.path("TwoLanguagesExample")],
            environment: [
                "MVP_AUTH_SOCKET": "unix://" + daemon.socket, "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONPATH": Products.source("../../clients/python/src"),
            ], in: daemon.directory.path)
        #expect(await python.ended(within: 60) == 0, "\(python.errors)")
        #expect(
            python.output == """
                Python: registered and signed in ada@example.org
                Swift: hello ada@example.org (the token's own user)
                Swift: signed out
                Python: TOKEN_REVOKED

                """)
    }
}
