import Foundation
import StrictJSON
import Testing

@testable import EmailDelivery

@Suite("Giving emails to programs")
struct ProgramTests {
    private func sink(
        _ kind: String, _ program: String, _ more: [String: String] = [:]
    ) throws -> any DeliverySink {
        try EmailDeliveryTests.sink(
            [
                "MVP_AUTH_MAIL_SINK": kind, "MVP_AUTH_MAIL_\(kind.uppercased())": program,
                "MVP_AUTH_MAIL_FROM": "Shop <no-reply@shop.example>",
            ].merging(more) { $1 })
    }

    @Test("a program gets the event on its standard input, and nothing else of ours")
    func command() async throws {
        let directory = try Scratch()
        let program = try directory.program(
            """
            { cat; echo "arguments: $*"; env | sort; ls /proc/self/fd | tr '\\n' ' '; echo; ps -o pgid= -p $$ | tr -d ' '; echo $$; } > \(directory.path)/out
            """)
        setenv("MVP_AUTH_TEST_CANARY", "canary", 1)
        let email = email()
        #expect(try await sink("command", program + " --to list").deliver(email) == .delivered)
        let text = try #require(directory.text("out"))
        let lines = text.split(separator: "\n").map(String.init)
        var scanner = JSONScanner()
        let event = try JSON(try scanner.scan(Array(lines[0].utf8)))
        #expect(event["id"]?.string == email.id && event["token"]?.string == token && event["attempt"] == 1)
        #expect(event["email"] == "ada@example.org" && event["link"]?.string == email.link?.reveal())
        #expect(lines[1] == "arguments: --to list")
        #expect(!text.contains("canary") && !lines.dropFirst().contains { $0.contains(token) })
        let group = lines.suffix(2).map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(group[0] == group[1], "a process group of its own")
        // ls has one more open, for the directory.
        #expect(try #require(lines.first { $0.hasPrefix("0 1 2") }).split(separator: " ").count <= 4)
    }

    @Test(
        "the exit status decides, and an email that fails three times is given up",
        arguments: [
            (0, 1, DeliveryOutcome.delivered), (75, 1, .retry(after: nil, reason: "exit status 75: busy")),
            (75, 11, .retry(after: nil, reason: "exit status 75: busy")),
            (1, 1, .retry(after: nil, reason: "exit status 1: busy")),
            (1, 2, .retry(after: nil, reason: "exit status 1: busy")), (1, 3, .drop(reason: "exit status 1: busy")),
            (127, 3, .drop(reason: "exit status 127: busy")),
        ])
    func status(_ status: Int, attempt: Int, outcome: DeliveryOutcome) async throws {
        let directory = try Scratch()
        let program = try directory.program("echo busy >&2\nexit \(status)")
        #expect(try await sink("command", program).deliver(email(attempt: attempt)) == outcome)
    }

    @Test("a program that is not there is the operator's to mend: no email is lost by it", arguments: [1, 12])
    func missing(attempt: Int) async throws {
        let sink = try sink("command", "/nowhere/program")
        #expect(await sink.deliver(email(attempt: attempt)).isRetry)
        await #expect(throws: (any Error).self) { try await sink.check() }
    }

    @Test("a program that ends by a signal has failed")
    func signalled() async throws {
        let directory = try Scratch()
        let program = try directory.program("kill -KILL $$")
        let outcome = try await sink("command", program).deliver(email())
        #expect(outcome == .retry(after: nil, reason: "ended by signal 9"))
    }

    @Test("at the deadline the program ends, and what it has started")
    func deadline() async throws {
        let directory = try Scratch()
        let program = try directory.program("sleep 300 &\necho $! > \(directory.path)/child\nwait")
        let outcome = try await sink("command", program, ["MVP_AUTH_MAIL_PROGRAM_SECONDS": "1"]).deliver(email())
        #expect(outcome == .retry(after: nil, reason: "not finished in time"))
        let child = try #require(
            directory.text("child").flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) })
        #expect(try await eventually { kill(child, 0) != 0 || isZombie(child) })
    }

    private func isZombie(_ process: Int32) -> Bool {
        (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8))?.contains(") Z ") ?? true
    }

    @Test("a program that does not read its input, and one that reads it late, get along")
    func input() async throws {
        let directory = try Scratch()
        #expect(try await sink("command", "/bin/true").deliver(email()) == .delivered)
        let program = try directory.program("sleep 0.2\nwc -l > \(directory.path)/lines")
        #expect(try await sink("command", program).deliver(email()) == .delivered)
        #expect(directory.text("lines")?.trimmingCharacters(in: .whitespacesAndNewlines) == "1")
    }

    @Test("at most four programs run at the same time")
    func four() async throws {
        let directory = try Scratch()
        // Each counts those that run beside it.
        let program = try directory.program(
            """
            mkdir -p \(directory.path)/run; : > \(directory.path)/run/$$
            sleep 0.3
            ls \(directory.path)/run | wc -l >> \(directory.path)/counts
            rm \(directory.path)/run/$$
            """)
        let sink = try sink("command", program, ["MVP_AUTH_MAIL_AT_ONCE": "50"])
        await withTaskGroup(of: DeliveryOutcome.self) { group in
            for _ in 0..<12 { group.addTask { await sink.deliver(email()) } }
            for await outcome in group { #expect(outcome == .delivered) }
        }
        let counts = try #require(directory.text("counts")).split(separator: "\n")
            .compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
        #expect(counts.count == 12 && counts.max() ?? 9 <= 4, "\(counts)")
    }

    @Test("what a program says of the token is told nobody")
    func secrets() async throws {
        let directory = try Scratch()
        let program = try directory.program("cat >&2\nexit 1")
        let outcome = try await sink("command", program).deliver(email())
        #expect(outcome.reason.hasPrefix("exit status 1: "))
        for piece in token.split(separator: ".") { #expect(!outcome.reason.contains(piece), "\(outcome.reason)") }
    }

    @Test("sendmail gets the message with lines as they are usual here, and -i -t")
    func sendmail() async throws {
        let directory = try Scratch()
        let program = try directory.program(
            "echo \"$*\" > \(directory.path)/arguments\ncat > \(directory.path)/message")
        #expect(try await sink("sendmail", program + " -i -t").deliver(email()) == .delivered)
        #expect(directory.text("arguments") == "-i -t\n")
        let message = try parsed(Array(try #require(directory.text("message")).utf8))
        #expect(message["carriage_returns"] == 0 && message["defects"] == [])
        #expect(message["to"]?[0]?[1] == "ada@example.org" && message["parts"]?.elements.count == 2)
    }

    @Test(
        "what sendmail says of an address is final, anything else is not",
        arguments: [
            (75, false), (67, true), (68, true), (65, true), (1, false), (69, false), (71, false), (77, false),
            (78, false),
        ])
    func sendmailStatus(_ status: Int, isFinal: Bool) async throws {
        let directory = try Scratch()
        let program = try directory.program("cat > /dev/null\necho no >&2\nexit \(status)")
        let outcome = try await sink("sendmail", program).deliver(email(attempt: 9))
        let reason = "exit status \(status): no"
        #expect(outcome == (isFinal ? .drop(reason: reason) : .retry(after: nil, reason: reason)))
    }
}
