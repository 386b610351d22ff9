import Contract
import Foundation
import MVPAuth
import StrictJSON
import Testing

@testable import mvp_auth

/// The live view, on a pseudo-terminal and without one.
@Suite("mvp-auth top")
struct TopTests {
    /// Runs the command on a terminal until it has drawn a few times, or a file says that it is enough, ends it in one of
    /// three ways, and tells what was written and whether the terminal is what it was. What is written is in a file at once.
    private static let script = """
        import fcntl, json, os, pty, select, signal, struct, subprocess, sys, termios, time
        program, ending, rows, columns = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
        os.chdir(sys.argv[5])
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        before = termios.tcgetattr(slave)
        child = subprocess.Popen(
            [program, "top", "--interval", "0.2"], stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        output, deadline, is_asked = b"", time.monotonic() + 60, False
        while child.poll() is None and time.monotonic() < deadline:
            if select.select([master], [], [], 0.05)[0]:
                output += os.read(master, 65536)
                with open("screen", "wb") as file:
                    file.write(output)
            is_enough = os.path.exists("enough") if ending == "when told" else output.count(b"METHOD") >= 2
            if not is_asked and is_enough:
                is_asked = True
                during = termios.tcgetattr(slave)
                if ending in ("q", "when told"):
                    os.write(master, b"xq")
                elif ending == "ctrl-c":
                    os.write(master, b"\\x03")
                else:
                    child.send_signal(signal.SIGTERM)
        child.kill() if child.poll() is None else None
        while select.select([master], [], [], 0.2)[0]:
            output += os.read(master, 65536)
        print(json.dumps({
            "status": child.wait(), "output": output.decode("utf-8", "replace"),
            "restored": termios.tcgetattr(slave) == before, "raw": is_asked and during != before}))
        """

    private func start(
        _ ending: String, on daemon: Daemon, rows: Int, columns: Int, environment: [String: String] = [:]
    ) throws -> ChildProcess {
        try ChildProcess(
            "/usr/bin/python3",
            ["-c", Self.script, Products.path("mvp-auth"), ending, "\(rows)", "\(columns)", daemon.directory.path],
            environment: ["MVP_AUTH_SOCKET": "unix://" + daemon.socket, "TERM": "xterm"].merging(environment) { $1 },
            in: daemon.directory.path)
    }

    private func run(
        _ ending: String, on daemon: Daemon, rows: Int, columns: Int, environment: [String: String] = [:]
    ) async throws -> JSON {
        try await result(of: start(ending, on: daemon, rows: rows, columns: columns, environment: environment))
    }

    private func result(of process: ChildProcess) async throws -> JSON {
        #expect(await process.ended(within: 90) == 0, "\(process.errors)")
        return try JSON.read(Array(process.output.utf8))
    }

    @Test(
        "It fits the terminal, and leaves it as it was however it ends",
        arguments: [("q", 0, 24, 80), ("ctrl-c", 0, 12, 44), ("term", 143, 50, 120)])
    func terminal(ending: String, status: Int, rows: Int, columns: Int) async throws {
        let daemon = try await Daemon()
        let client = daemon.client()
        _ = try await client.register(email: "ada@example.org", password: Secret("correct horse battery"))
        let ended = try await run(ending, on: daemon, rows: rows, columns: columns)
        let output = try #require(ended["output"]?.string)
        #expect(ended["status"] == .int(status), "\(output)")
        #expect(ended["restored"] == true && ended["raw"] == true)
        #expect(output.hasPrefix("\u{1B}[?1049h") && output.hasSuffix("\u{1B}[?25h\u{1B}[?1049l"), "\(output)")
        let frames = output.components(separatedBy: "\u{1B}[H").filter { $0.contains("METHOD") }
        #expect(frames.count >= 2)
        for frame in frames {
            // The terminal's driver adds to each end of a line.
            let lines = frame.replacing(/\u{1B}\[[?0-9;]*[a-zA-Z]/, with: "")
                .utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                .map { String(Substring($0)).filter { $0 != "\r" } }
            #expect(lines.count <= rows && lines.allSatisfy { Terminal.width(of: $0) <= columns }, "\(lines)")
        }
        #expect(output.contains("\u{1B}[1m") == (columns >= 60), "headings stand out where there is room")
        await client.close()
    }

    @Test("A daemon that is killed and started again is waited for")
    func daemonComesBack() async throws {
        let directory = try ScratchDirectory()
        var daemon = try await Daemon(in: directory)
        let process = try start("when told", on: daemon, rows: 24, columns: 80)
        func shown() -> String {
            (try? String(contentsOfFile: directory.path + "/screen", encoding: .utf8)) ?? ""
        }
        /// Waits until one of these is on the screen that was not before; gives how much there is by then.
        func wait(for texts: String..., after start: Int) async throws -> Int {
            for _ in 0..<1500 {
                let screen = shown()
                let new = String(decoding: screen.utf8.dropFirst(start), as: UTF8.self)
                if texts.contains(where: new.contains) { return screen.utf8.count }
                try #require(process.isRunning, "\(process.output)")
                try await Task.sleep(for: .milliseconds(20))
            }
            throw DaemonFailure(description: "\(texts) did not appear: \(shown())")
        }
        var seen = try await wait(for: "METHOD", after: 0)
        daemon.process.send(SIGKILL)
        _ = await daemon.process.ended()
        // A look may have been under way.
        seen = try await wait(for: "UNAVAILABLE: ", "CONNECTION_LOST: ", after: seen)
        daemon = try await Daemon(in: directory)
        seen = try await wait(for: "(the daemon was started again)", after: seen)
        _ = try await wait(for: "system.metrics", after: seen)
        #expect(FileManager.default.createFile(atPath: directory.path + "/enough", contents: nil))
        let ended = try await result(of: process)
        #expect(ended["status"] == 0 && ended["restored"] == true && ended["raw"] == true, "\(ended)")
    }

    @Test("NO_COLOR is respected")
    func plain() async throws {
        let daemon = try await Daemon()
        let output = try #require(
            try await run("q", on: daemon, rows: 24, columns: 80, environment: ["NO_COLOR": "1"])["output"]?.string)
        #expect(output.contains("METHOD") && output.firstMatch(of: /\u{1B}\[[0-9;]*m/) == nil)
    }

    private func command(_ arguments: [String], on daemon: Daemon) async throws -> (Int32?, String, String) {
        let process = try ChildProcess(
            Products.path("mvp-auth"), arguments, environment: ["MVP_AUTH_SOCKET": "unix://" + daemon.socket],
            in: daemon.directory.path)
        return (await process.ended(), process.output, process.errors)
    }

    @Test("Without a terminal: a table, an object, or a sentence about both; metrics prints what Prometheus reads")
    func scripts() async throws {
        let daemon = try await Daemon()
        let (status, table, _) = try await command(["top", "--once", "--interval", "0.2"], on: daemon)
        #expect(status == 0 && table.contains("METHOD") && table.contains("system.metrics"), "\(table)")
        #expect(!table.contains("\u{1B}"))
        let (jsonStatus, line, _) = try await command(["top", "--once", "--json", "--interval", "0.2"], on: daemon)
        let object = try JSON.read(Array(line.utf8))
        #expect(jsonStatus == 0 && line.split(separator: "\n").count == 1)
        #expect(object["methods"]?[0]?["method"]?.string != nil && object.at("messages", "pending") == .int(0))
        let (refused, _, errors) = try await command(["top"], on: daemon)
        #expect(refused == 64 && errors.contains("--once"), "\(errors)")
        let (printed, text, _) = try await command(["metrics"], on: daemon)
        #expect(printed == 0 && text.hasPrefix("# HELP mvp_auth_calls_total ") && text.hasSuffix("\n"))
    }

    @Test("A daemon that is not there is one sentence, and no screen")
    func away() async throws {
        let directory = try ScratchDirectory()
        let process = try ChildProcess(
            Products.path("mvp-auth"), ["top", "--once", "--socket", "unix://\(directory.path)/none.sock"],
            in: directory.path)
        #expect(await process.ended() == 69 && process.output.isEmpty)
    }

    private static let buckets: [(Double, [(Double, Double)], [(Double, Double)], Double?)] = [
        (0.5, [(1, 10), (2, 20), (.infinity, 20)], [], 1),
        (0.5, [(1, 0), (2, 20), (.infinity, 20)], [], 1.5),
        (0.99, [(1, 0), (2, 0), (.infinity, 5)], [], 2),
        (0.5, [(1, 10), (2, 20), (.infinity, 20)], [(1, 10), (2, 10), (.infinity, 10)], 1.5),
        (0.5, [(1, 10), (.infinity, 10)], [(1, 10), (.infinity, 10)], nil),
        (0.5, [], [], nil),
    ]

    @Test("Quantiles are those of what has come meanwhile", arguments: buckets)
    func quantiles(fraction: Double, new: [(Double, Double)], old: [(Double, Double)], expected: Double?) {
        let value = TopView.quantile(
            fraction, of: new.map { (bound: $0.0, count: $0.1) }, since: old.map { (bound: $0.0, count: $0.1) })
        #expect(value == expected)
    }
}
