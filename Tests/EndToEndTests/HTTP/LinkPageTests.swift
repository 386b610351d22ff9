import Foundation
import MVPAuth
import Testing

/// The pages behind the links of emails, request by request and in a browser.
@Suite("The pages behind links")
struct LinkPageTests {
    private let password = "correct horse battery"

    private func service(
        _ arguments: [String] = ["--pages"], _ settings: [String: String] = [:]
    ) async throws -> HTTPService {
        try await HTTPService(try await Daemon(settings), arguments: arguments)
    }

    /// The verification token of a new account.
    private func registered(_ service: HTTPService, _ email: String = "ada@example.org") async throws -> String {
        let body = "{\"email\":\"\(email)\",\"password\":\"\(password)\"}"
        #expect(try await service.send("POST", "/auth/register", body).status == 201)
        return try await service.daemon.mailedToken(.verification, to: email).reveal()
    }

    private func resetToken(_ service: HTTPService, _ email: String = "ada@example.org") async throws -> String {
        #expect(try await service.send("POST", "/auth/forgot-password", "{\"email\":\"\(email)\"}").status == 200)
        return try await service.daemon.mailedToken(.passwordReset, to: email).reveal()
    }

    private func logIn(_ service: HTTPService, _ password: String) async throws -> Int {
        let body = "{\"email\":\"ada@example.org\",\"password\":\"\(password)\"}"
        return try await service.send("POST", "/auth/login", body).status
    }

    private let patience = Duration.milliseconds(2100)

    @Test("Without the option there are none")
    func off() async throws {
        let service = try await service([])
        for verb in ["GET", "HEAD", "POST", "OPTIONS"] {
            for path in ["/verify-email?token=a.b.c", "/reset-password", "/verify-email/"] {
                let wire = try WireSocket(port: service.port)
                try await wire.send("\(verb) \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                #expect(try await HTTPService.answer(from: wire, hasBody: verb != "HEAD").status == 404)
            }
        }
        #expect(try await service.send("GET", "/auth/verify-email?token=a.b.c").status == 405)
    }

    @Test("A page may do little, is not kept, and says nothing of where it was")
    func headers() async throws {
        let service = try await service()
        let token = try await registered(service)
        for path in [
            "/verify-email?token=\(token)", "/reset-password?token=\(token)", "/verify-email", "/auth/verify-email/",
        ] {
            let page = try await service.send("GET", path)
            #expect(page.status == (path.contains("?") ? 200 : 400))
            #expect(page["Content-Type"] == "text/html; charset=utf-8" && page["Cache-Control"] == "no-store")
            #expect(page["Referrer-Policy"] == "no-referrer" && page["X-Frame-Options"] == "DENY")
            let policy = try #require(page["Content-Security-Policy"])
            #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"))
            #expect(policy.contains("form-action 'self'") && policy.contains("frame-ancestors 'none'"))
            let wire = try WireSocket(port: service.port)
            try await wire.send("HEAD \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            let head = try await HTTPService.answer(from: wire, hasBody: false)
            #expect(head.status == page.status && head["Content-Security-Policy"] == policy)
        }
        let allowed = try await service.send("OPTIONS", "/verify-email")
        #expect(allowed.status == 204 && allowed["Allow"] == "GET, HEAD, OPTIONS, POST")
        #expect(try await service.send("PUT", "/reset-password", "x").status == 405)
    }

    @Test(
        "What follows every link and submits every form, two rounds of them, uses no token",
        arguments: ["/verify-email", "/reset-password", "/auth/verify-email/", "/auth/reset-password"])
    func fetcher(path: String) async throws {
        let service = try await service()
        let verification = try await registered(service)
        let isReset = path.contains("reset")
        let token = isReset ? try await resetToken(service) : verification
        var fetcher = LinkFetcher(service)
        try await fetcher.fetch("\(path)?token=\(token)", rounds: 2)
        #expect(fetcher.submitted > 50 && fetcher.answers.contains { $0.text.contains("name=\"digits\"") })
        #expect(fetcher.answers.allSatisfy { !$0.text.contains("is confirmed.") && !$0.text.contains("was changed") })
        let body = "{\"token\":\"\(token)\"" + (isReset ? ",\"new_password\":\"a new long phrase\"}" : "}")
        let used = try await service.send("POST", isReset ? "/auth/reset-password" : "/auth/verify-email", body)
        #expect(used.status == 200, "the token was used up: \(used.text)")
    }

    @Test(
        "Without a script an address is confirmed on a second page", arguments: ["/verify-email", "/auth/verify-email"])
    func verifies(path: String) async throws {
        let service = try await service()
        let token = try await registered(service)
        let first = try await service.send("GET", "\(path)?token=\(token)")
        #expect(first.text.contains("The link says that it is for ada@example.org."))
        #expect(!first.text.contains("Type these four digits"))
        let second = try await service.submit(path, "token=\(token)&shown=1")
        #expect(second.status == 200 && second.text.contains("<h1>One more step</h1>"))
        let proof = try second.proof()
        try await Task.sleep(for: patience)
        for other in ["", "x", "\(token).z"] {
            let refused = try await service.submit(path, "token=\(other)&\(proof)")
            #expect(refused.status == 400, "\(other)")
        }
        let done = try await service.submit(path, "token=\(token)&\(proof)", headers: ["Origin": "null"])
        #expect(done.status == 200 && done.text.contains("ada@example.org is confirmed."), "\(done.text)")
        let again = try await service.submit(path, "token=\(token)&\(proof)")
        #expect(again.status == 200 && again.text.contains("was confirmed before"))
    }

    @Test("A password is set by the form, and what is wrong with one is said in words")
    func resets() async throws {
        let service = try await service(["--pages"], ["AUTH_MIN_PASSWORD_LENGTH": "12"])
        _ = try await registered(service)
        let token = try await resetToken(service)
        let page = try await service.send("GET", "/reset-password?token=\(token)")
        #expect(page.text.contains("At least 12 characters, at most 128") && page.text.contains("minlength=\"12\""))
        #expect(page.text.contains("<noscript>") && page.text.contains("name=\"digits\""))
        let unasked = try await service.submit("/reset-password", "token=\(token)&new_password=a+new+long+phrase")
        #expect(unasked.status == 200 && unasked.text.contains("we would like to know that it is you"))
        #expect(!unasked.text.contains("<noscript>") && unasked.text.contains("name=\"digits\""))
        #expect(page.text.contains("every session ends") && page.text.contains("autocomplete=\"new-password\""))
        let fields = "token=\(token)&\(try page.proof())&new_password="
        try await Task.sleep(for: patience)
        for (password, fault) in [
            ("short", "needs at least 12 characters"), (String(repeating: "x", count: 129), "at most 128 characters"),
            ("ada%40example.org", "is your email address"), ("", "needs at least 12 characters"),
        ] {
            let refused = try await service.submit("/reset-password", fields + password)
            #expect(refused.status == 422 && refused.text.contains(fault), "\(password): \(refused.status)")
            #expect(refused.text.contains("aria-invalid=\"true\"") && !refused.text.contains("value=\"\(password)\""))
        }
        #expect(try await logIn(service, password) == 200)
        let done = try await service.submit("/reset-password", fields + "gr%C3%BCn%20%26%20gelb%20%2B%20blau")
        #expect(done.status == 200 && done.text.contains("every session has ended"))
        #expect(try await logIn(service, password) == 401)
        #expect(try await logIn(service, "grün & gelb + blau") == 200)
    }

    @Test("A used, a foreign, an invented and a changed token look alike")
    func deadLinks() async throws {
        let service = try await service()
        let verification = try await registered(service)
        let used = try await resetToken(service)
        let reset = "{\"token\":\"\(used)\",\"new_password\":\"a new long phrase\"}"
        #expect(try await service.send("POST", "/auth/reset-password", reset).status == 200)
        var pages: Set<String> = []
        var bodies: [String] = []
        for token in [used, verification, "e30.e30.c2ln", used.dropLast(3) + "AAA"] {
            let page = try await service.send("GET", "/reset-password?token=\(token)")
            bodies.append("token=\(token)&\(try page.proof())&new_password=a+new+long+phrase")
        }
        try await Task.sleep(for: patience)
        for body in bodies {
            let answer = try await service.submit("/reset-password", body)
            #expect(answer.status == 400 && answer.text.contains("This link does not work"))
            pages.insert(answer.text)
        }
        for path in ["/reset-password", "/reset-password?token=x", "/verify-email?token="] {
            pages.insert(try await service.send("GET", path).text)
        }
        #expect(pages.count == 1)
    }

    @Test("An account that is switched off is said so to whoever holds its token")
    func inactive() async throws {
        let service = try await service()
        let token = try await registered(service)
        let page = try await service.submit("/verify-email", "token=\(token)")
        let script =
            "import sqlite3, sys; d = sqlite3.connect(sys.argv[1], timeout=20); d.execute(sys.argv[2]); d.commit()"
        let process = try ChildProcess(
            "/usr/bin/python3",
            ["-c", script, service.daemon.database, "UPDATE auth_users SET is_active = 0"],
            in: service.daemon.directory.path)
        #expect(await process.ended() == 0, "\(process.errors)")
        try await Task.sleep(for: patience)
        let answer = try await service.submit("/verify-email", "token=\(token)&\(try page.proof())")
        #expect(answer.status == 403 && answer.text.contains("This account is switched off"), "\(answer.text)")
    }

    @Test("A form of another origin, and what is no form, is refused before anything is done")
    func senders() async throws {
        let service = try await service()
        let token = try await registered(service)
        let page = try await service.submit("/verify-email", "token=\(token)")
        let body = "token=\(token)&\(try page.proof())"
        try await Task.sleep(for: patience)
        for headers in [
            ["Sec-Fetch-Site": "cross-site"], ["Sec-Fetch-Site": "same-site", "Origin": "null"],
            ["Origin": "https://evil.example"], ["Origin": "http://localhost.evil.example"],
            ["Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"],
        ] {
            let refused = try await service.submit("/verify-email", body, headers: headers)
            #expect(refused.status == 403 && refused.text.contains("That did not work"), "\(headers)")
        }
        for (type, text, status) in [
            ("text/plain", body, 415), ("multipart/form-data; boundary=x", body, 415), ("application/json", "{}", 415),
            ("application/x-www-form-urlencoded", body + "&token=x", 400),
            ("application/x-www-form-urlencoded", "token=%", 400),
            ("application/x-www-form-urlencoded", body + "&x=" + String(repeating: "x", count: 20_000), 413),
        ] {
            let refused = try await service.submit("/verify-email", text, headers: ["Content-Type": type])
            #expect(refused.status == status, "\(type) \(text.prefix(20))")
        }
        // Beside the prefix the same path is the REST route for whoever sends JSON.
        let json = try await service.send("POST", "/auth/verify-email", "{\"token\":\"x\"}")
        #expect(json.status == 400 && json.code == "INVALID_VERIFICATION_TOKEN")
        let done = try await service.submit(
            "/verify-email", body,
            headers: [
                "Sec-Fetch-Site": "same-origin", "Content-Type": "Application/X-WWW-Form-Urlencoded;charset=UTF-8",
            ])
        #expect(done.status == 200 && done.text.contains("is confirmed."))
    }

    @Test("A daemon that is away is said in words, and nothing secret is in the log")
    func away() async throws {
        let service = try await service(["--pages", "--dev"])
        _ = try await registered(service)
        let token = try await resetToken(service)
        let page = try await service.send("GET", "/reset-password?token=\(token)")
        let body = "token=\(token)&\(try page.proof())&new_password=canary+canary+canary"
        await service.daemon.stop()
        try await Task.sleep(for: patience)
        let answer = try await service.submit("/reset-password", body)
        #expect(answer.status == 503 && answer.text.contains("did not answer") && answer["Retry-After"] != nil)
        #expect(answer.text.contains("name=\"token\"") && !answer.text.contains("canary"))
        let opened = try await service.send("GET", "/reset-password?token=\(token)")
        #expect(opened.status == 200 && opened.text.contains("At least 8 characters"))
        let log = service.process.errors + service.process.output
        #expect(log.contains("POST /reset-password 503") && log.contains("GET /reset-password 200"))
        #expect(!log.contains(token.suffix(20)) && !log.contains("canary") && !log.contains("token="))
    }

    @Test("Texts are an operator's where he wrote some, and a wrong file ends the start")
    func texts() async throws {
        let directory = try ScratchDirectory().prepared()
        let texts = directory.path + "/texts"
        try FileManager.default.createDirectory(atPath: texts, withIntermediateDirectories: false)
        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(texts)/\(name)"))
        }
        try write("language.txt", "de\n")
        try write("verify-heading.txt", "<b>Adresse</b> bestätigen\n")
        try write("verify-text.txt", "Für {{email}}?")
        let daemon = try await Daemon(in: directory)
        let service = try await HTTPService(daemon, arguments: ["--pages", "--pages-texts", texts])
        let page = try await service.send("GET", "/verify-email?token=\(try await registered(service))")
        #expect(page.text.contains("<html lang=\"de\" dir=\"ltr\">") && page.text.contains("Für ada@example.org?"))
        #expect(page.text.contains("<h1>&lt;b&gt;Adresse&lt;/b&gt; bestätigen</h1>"))
        try write("verify-button.txt", "{{link}}")
        try write("verify_button.txt", "x")
        for arguments in [["--pages"], []] {
            let process = try ChildProcess(
                Products.path("mvp-auth-http"), ["--listen", "127.0.0.1:0"] + arguments,
                environment: ["MVP_AUTH_HTTP_PAGES_TEXTS": texts], in: directory.path)
            #expect(await process.ended() == 78)
            #expect(process.errors.contains("verify-button.txt has {{link}}; what it may have: nothing."))
            #expect(
                process.errors.contains("verify_button.txt is no text of the pages. Did you mean verify-button.txt?"))
        }
    }

    @Test("A browser confirms and resets, with a script and without", .timeLimit(.minutes(4)))
    func browser() async throws {
        let service = try await service()
        var links: [String] = []
        for email in ["ada@example.org", "bob@example.org"] {
            links.append("\(service.base)/verify-email?token=\(try await registered(service, email))")
            links.append("\(service.base)/reset-password?token=\(try await resetToken(service, email))")
        }
        let pictures = ProcessInfo.processInfo.environment["MVP_AUTH_PICTURES"].map { [$0] } ?? []
        let browser = try ChildProcess(
            "/usr/bin/env",
            ["python3", Products.source("Browser/link_pages.py"), service.base] + links
                + ["ada@example.org", "a-new-long-phrase"] + pictures,
            in: service.daemon.directory.path)
        let status = await browser.ended(within: 200)
        #expect(status == 0, "\(browser.output)\(browser.errors)")
    }
}
