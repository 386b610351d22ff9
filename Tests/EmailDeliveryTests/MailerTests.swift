import Foundation
import StrictJSON
import Testing

/// The program, with a daemon's part played by `hooks_daemon.py`.
@Suite("mvp-auth-mail")
struct MailerTests {
    private struct Host {
        let directory = try! Scratch()
        let daemon: Helper

        init(_ options: JSON = [:]) async throws {
            daemon = try Helper(
                "hooks_daemon.py", [directory.path + "/d.sock", String(decoding: options.text, as: UTF8.self)],
                in: directory)
            try await daemon.said("ready")
        }

        func mailer(
            _ settings: [String: String], _ arguments: [String] = [], launcher: [String] = []
        ) throws -> MailerProcess {
            try MailerProcess(
                arguments, ["MVP_AUTH_SOCKET": "unix://" + directory.path + "/d.sock"].merging(settings) { $1 },
                in: directory, launcher: launcher)
        }

        func deliver(_ id: String, to address: String = "ada@example.org", event: String = "verification_email") throws
        {
            try daemon.order([
                "deliver": [
                    "delivery_id": .string(id), "event": .string(event), "email": .string(address),
                    "token": .string(token), "user_id": "5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10",
                    "link": .string("https://shop.example/verify-email?token=" + token),
                ]
            ])
        }
    }

    private func command(_ body: String, in host: Host) throws -> [String: String] {
        ["MVP_AUTH_MAIL_SINK": "command", "MVP_AUTH_MAIL_COMMAND": try host.directory.program(body)]
    }

    @Test("subscribes with the role hooks alone, hands over what comes and says so; SIGTERM ends it with status 0")
    func journey() async throws {
        let host = try await Host(["roles": ["client", "trusted", "hooks", "admin"]])
        let mailer = try host.mailer(try command("cat >> \(host.directory.path)/events", in: host))
        #expect(try await mailer.isReady(), "\(mailer.errors)")
        #expect(try await host.daemon.said("hello")["roles"] == ["hooks"])
        let subscription = try await host.daemon.said("subscribe")
        #expect(subscription["prefetch"] == 4 && subscription["ack_timeout_ms"] == 43_000)
        for index in 0..<10 { try host.deliver("m\(index)") }
        try await host.daemon.said("ack", times: 10)
        let acks = host.daemon.events("ack")
        #expect(Set(acks.compactMap { $0["delivery_id"]?.string }) == Set((0..<10).map { "m\($0)" }))
        #expect(acks.allSatisfy { $0["status"] == "success" && $0["stale"] == false })
        #expect(host.directory.text("events")?.split(separator: "\n").count == 10)
        mailer.send(SIGTERM)
        #expect(try await mailer.ended() == 0)
        #expect(mailer.output.split(separator: "\n").count == 1, "one line: \(mailer.output)")
        #expect(!mailer.errors.contains("eyJ"))
        #expect(host.daemon.events("unsubscribe").count == 1)
    }

    @Test("what a sink says becomes the acknowledgement: retry with its time, drop with its reason")
    func outcomes() async throws {
        let host = try await Host()
        let web = try Helper("web_server.py", ["{}"], in: host.directory)
        let mailer = try host.mailer([
            "MVP_AUTH_MAIL_SINK": "webhook",
            "MVP_AUTH_MAIL_WEBHOOK_URL": "http://127.0.0.1:\(try await web.port())/429/7",
            "MVP_AUTH_MAIL_WEBHOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAAAAAAAAAAA=",
        ])
        #expect(try await mailer.isReady(), "\(mailer.errors)")
        try host.deliver("m1")
        let ack = try await host.daemon.said("ack")
        #expect(ack["status"] == "retry" && ack["delay_ms"] == 7000 && ack["reason"] == "HTTP 429")
        let smtp = try await Host()
        let server = try Helper("mail_server.py", [#"{"tls":"none"}"#], in: smtp.directory)
        let other = try smtp.mailer([
            "MVP_AUTH_MAIL_SINK": "smtp", "MVP_AUTH_MAIL_FROM": "a@shop.example", "MVP_AUTH_MAIL_SMTP_TLS": "none",
            "MVP_AUTH_MAIL_SMTP_SERVER": "127.0.0.1:\(try await server.port())",
        ])
        #expect(try await other.isReady(), "\(other.errors)")
        #expect(try await smtp.daemon.said("subscribe")["events"]?.elements.contains("verification_email") == true)
        try smtp.deliver("m1", to: "nobody@example.org")
        let refused = try await smtp.daemon.said("ack")
        #expect(refused["status"] == "drop" && refused["reason"]?.string?.contains("550") == true)
        try smtp.deliver("m2")
        #expect(try await smtp.daemon.said("ack", times: 2)["status"] == "success")
    }

    @Test("a stop waits for what is on its way, and says what became of it")
    func drains() async throws {
        let host = try await Host()
        let mailer = try host.mailer(try command("touch \(host.directory.path)/begun\nsleep 2", in: host))
        #expect(try await mailer.isReady(), "\(mailer.errors)")
        try host.deliver("m1")
        #expect(try await eventually { host.directory.text("begun") != nil })
        mailer.send(SIGTERM)
        #expect(try await mailer.ended() == 0)
        let ack = try await host.daemon.said("ack")
        #expect(ack["delivery_id"] == "m1" && ack["status"] == "success" && ack["stale"] == false)
    }

    @Test("a daemon that goes and comes again is subscribed to again; a mailer that is killed loses nothing")
    func reconnects() async throws {
        let host = try await Host()
        let first = try host.mailer(try command("sleep 30", in: host))
        #expect(try await first.isReady(), "\(first.errors)")
        try host.deliver("m1")
        try await Task.sleep(for: .milliseconds(200))
        first.send(SIGKILL)
        let second = try host.mailer(try command("cat >> \(host.directory.path)/events", in: host))
        #expect(try await second.isReady(), "\(second.errors)")
        let ack = try await host.daemon.said("ack")
        #expect(ack["delivery_id"] == "m1" && ack["status"] == "success")
        #expect(host.directory.text("events")?.contains("\"attempt\":2") == true)
        try host.daemon.order(["hang_up": true])
        try await host.daemon.said("subscribe", times: 3)
        try host.deliver("m2")
        #expect(try await host.daemon.said("ack", times: 2)["delivery_id"] == "m2")
        #expect(second.isRunning)
    }

    @Test("without the role it ends with one clear sentence")
    func missingRole() async throws {
        let host = try await Host(["roles": ["client"]])
        let mailer = try host.mailer(try command("true", in: host))
        #expect(try await mailer.ended() == 1)
        #expect(mailer.errors.contains("The daemon gives out no emails: The role hooks is needed."), "\(mailer.errors)")
        #expect(mailer.output.isEmpty)
    }

    @Test("waits for a daemon that is not there yet")
    func waits() async throws {
        let directory = try Scratch()
        let mailer = try MailerProcess(
            [],
            [
                "MVP_AUTH_SOCKET": "unix://" + directory.path + "/d.sock", "MVP_AUTH_MAIL_SINK": "command",
                "MVP_AUTH_MAIL_COMMAND": "/bin/true",
            ], in: directory)
        try await Task.sleep(for: .milliseconds(300))
        #expect(mailer.isRunning && mailer.output.isEmpty)
        let daemon = try Helper("hooks_daemon.py", [directory.path + "/d.sock", "{}"], in: directory)
        try await daemon.said("subscribe")
        #expect(try await mailer.isReady())
    }

    @Test(
        "settings that cannot be used end the start with status 78 and a sentence for each",
        arguments: [
            ([:], ["MVP_AUTH_MAIL_SINK"]),
            (["MVP_AUTH_MAIL_SINK": "pigeon"], ["pigeon", "smtp, webhook, sendmail, command"]),
            (["MVP_AUTH_MAIL_SINK": "smtp"], ["MVP_AUTH_MAIL_FROM"]),
            (["MVP_AUTH_MAIL_SINK": "smtp", "MVP_AUTH_MAIL_FROM": "a@b.example"], ["MVP_AUTH_MAIL_SMTP_SERVER"]),
            (
                [
                    "MVP_AUTH_MAIL_SINK": "smtp", "MVP_AUTH_MAIL_FROM": "a@b.example", "MVP_AUTH_MAIL_SMTP_TLS": "none",
                    "MVP_AUTH_MAIL_SMTP_SERVER": "mail.example.org", "MVP_AUTH_MAIL_SMTP_USER": "u",
                    "MVP_AUTH_MAIL_SMTP_PASSWORD": "pw",
                ], ["in the clear"]
            ),
            (["MVP_AUTH_MAIL_SINK": "webhook"], ["MVP_AUTH_MAIL_WEBHOOK_URL", "MVP_AUTH_MAIL_WEBHOOK_SECRET"]),
            (
                ["MVP_AUTH_MAIL_SINK": "webhook", "MVP_AUTH_MAIL_WEBHOOK_SECRET": "canary"],
                ["MVP_AUTH_MAIL_WEBHOOK_SECRET must be whsec_"]
            ),
            (["MVP_AUTH_MAIL_SINK": "command"], ["MVP_AUTH_MAIL_COMMAND"]),
            (
                [
                    "MVP_AUTH_MAIL_SINK": "sendmail", "MVP_AUTH_MAIL_FROM": "a@b.example",
                    "MVP_AUTH_MAIL_TEMPLATES": "/nowhere",
                ], ["/nowhere"]
            ),
        ] as [([String: String], [String])])
    func settings(settings: [String: String], words: [String]) async throws {
        let directory = try Scratch()
        let mailer = try MailerProcess([], settings, in: directory)
        #expect(try await mailer.ended() == 78)
        for word in words { #expect(mailer.errors.contains(word), "\(mailer.errors)") }
        #expect(!mailer.errors.contains("canary") && mailer.output.isEmpty)
    }

    @Test("a file of settings is read strictly, and settings of the others are told apart")
    func file() async throws {
        let directory = try Scratch()
        let file = try directory.file(
            "mail.conf", "MVP_AUTH_MAIL_SNIK=smtp\nMVP_AUTH_HTTP_LISTEN=1\nAUTH_ISSUER=x\n")
        let mailer = try MailerProcess(["--config", file], [:], in: directory)
        #expect(try await mailer.ended() == 78)
        for words in [
            "There is no setting MVP_AUTH_MAIL_SNIK; the nearest is MVP_AUTH_MAIL_SINK",
            "MVP_AUTH_HTTP_LISTEN is a setting of mvp-auth-http, not of mvp-auth-mail",
            "AUTH_ISSUER is a setting of mvp-authd, not of mvp-auth-mail",
        ] {
            #expect(mailer.errors.contains(words), "\(mailer.errors)")
        }
    }

    @Test("a check signs in and sends nothing, --test-to sends one message; secrets are files and credentials")
    func checkAndTest() async throws {
        let directory = try Scratch()
        let (certificate, key) = try directory.certificate()
        let options: JSON = [
            "certificate": .string(certificate), "key": .string(key), "user": "ada", "password": "pw",
            "mechanisms": ["PLAIN"],
        ]
        let server = try Helper("mail_server.py", [String(decoding: options.text, as: UTF8.self)], in: directory)
        var settings = [
            "MVP_AUTH_MAIL_SINK": "smtp", "MVP_AUTH_MAIL_FROM": "a@shop.example", "MVP_AUTH_MAIL_CA_FILE": certificate,
            "MVP_AUTH_MAIL_SMTP_SERVER": "127.0.0.1:\(try await server.port())", "MVP_AUTH_MAIL_SMTP_USER": "ada",
            "MVP_AUTH_MAIL_SMTP_PASSWORD_FILE": try directory.file("password", "pw\n"),
        ]
        let check = try MailerProcess(["check"], settings, in: directory)
        #expect(try await check.ended() == 0, "\(check.errors)")
        #expect(server.events("message").isEmpty)
        settings["MVP_AUTH_MAIL_SMTP_PASSWORD_FILE"] = nil
        settings["CREDENTIALS_DIRECTORY"] = directory.path + "/credentials"
        mkdir(directory.path + "/credentials", 0o700)
        try directory.file("credentials/MVP_AUTH_MAIL_SMTP_PASSWORD", "pw\n")
        let test = try MailerProcess(["--test-to", "ada@example.org"], settings, in: directory)
        #expect(try await test.ended() == 0, "\(test.errors)")
        #expect(try await server.said("message")["message"]?["headers"]?["subject"] == "A test message of shop.example")
        let refused = try MailerProcess(["--test-to", "nobody@example.org"], settings, in: directory)
        #expect(try await refused.ended() == 1 && refused.errors.contains("550"), "\(refused.errors)")
        try directory.file("credentials/MVP_AUTH_MAIL_SMTP_PASSWORD", "wrong\n")
        let wrong = try MailerProcess(["check"], settings, in: directory)
        #expect(try await wrong.ended() == 1 && wrong.errors.contains("535"), "\(wrong.errors)")
        #expect(!(wrong.errors + refused.errors + test.output).contains("pw"))
        let shown = try MailerProcess(["--settings"], settings, in: directory)
        #expect(try await shown.ended() == 0)
        #expect(shown.output.contains("\"MVP_AUTH_MAIL_SMTP_PASSWORD\"") && !shown.output.contains("wrong"))
    }

    @Test("a parent that ignores SIGCHLD makes no failure of a program that succeeds")
    func ignoredSIGCHLD() async throws {
        let directory = try Scratch()
        let launcher = [
            Helper.python, "-c",
            "import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])",
        ]
        for (program, status) in [("/bin/true", Int32(0)), ("/bin/false", 1)] {
            let mailer = try MailerProcess(
                ["--test-to", "ada@example.org"],
                ["MVP_AUTH_MAIL_SINK": "command", "MVP_AUTH_MAIL_COMMAND": program], in: directory, launcher: launcher)
            #expect(try await mailer.ended() == status, "\(mailer.errors)")
        }
    }

    @Test("it tells its manager, leaves no core, and lets nobody of its user trace it")
    func protected() async throws {
        let host = try await Host()
        let path = host.directory.path + "/notify"
        let socket = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        #expect(isBound)
        var settings = try command("true", in: host)
        settings["NOTIFY_SOCKET"] = path
        let mailer = try host.mailer(settings)
        func notice() -> String {
            var bytes = [UInt8](repeating: 0, count: 1000)
            let count = recv(socket, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        }
        var notices = ""
        #expect(
            try await eventually {
                notices += notice()
                return notices.contains("READY=1\nSTATUS=Sending by command ")
            })
        let limits = try String(contentsOfFile: "/proc/\(mailer.pid)/limits", encoding: .utf8)
        #expect(limits.split(separator: "\n").contains { $0.hasPrefix("Max core file size") && $0.contains(" 0  ") })
        // A process that may not be traced belongs to root there, as far as others are concerned (proc(5)).
        #expect(prctlDumpable(of: mailer.pid) == false)
        mailer.send(SIGTERM)
        #expect(try await mailer.ended() == 0)
        notices += notice()
        #expect(notices.contains("STOPPING=1"))
    }

    /// Whether a process may be traced by its own user: tried as somebody who is not root, where the test is.
    private func prctlDumpable(of process: Int32) -> Bool? {
        let tool = Process()
        tool.executableURL = URL(fileURLWithPath: Helper.python)
        // Without its capabilities root is a user like any other.
        tool.arguments = [
            "-c",
            """
            import ctypes, os, sys
            libc = ctypes.CDLL(None, use_errno=True)
            if os.geteuid() == 0:
                class Header(ctypes.Structure): _fields_ = [('v', ctypes.c_uint32), ('p', ctypes.c_int)]
                class Data(ctypes.Structure): _fields_ = [('e', ctypes.c_uint32), ('p', ctypes.c_uint32), ('i', ctypes.c_uint32)]
                assert libc.capset(ctypes.byref(Header(0x20080522, 0)), (Data * 2)()) == 0
            try:
                open(f'/proc/{sys.argv[1]}/mem', 'rb').close()
                print('yes')
            except PermissionError:
                print('no')
            """, String(process),
        ]
        let output = Pipe()
        tool.standardOutput = output
        guard (try? tool.run()) != nil, let said = try? output.fileHandleForReading.readToEnd() else { return nil }
        switch String(decoding: said, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines) {
        case "yes": return true
        case "no": return false
        default: return nil
        }
    }
}
