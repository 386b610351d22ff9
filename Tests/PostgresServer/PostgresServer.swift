import Foundation
import Synchronization

/// A real PostgreSQL of its own, in a temporary directory, reached over a Unix socket. It ends with this process, however
/// that ends, and its directory with it.
public final class PostgresServer: Sendable {
    public let directory: String
    private let running = Mutex<Running?>(nil)
    private let databases = Atomic(0)
    private let settings: [String: String]

    /// The shell around the server, and the pipe that it lives as long as.
    private struct Running {
        let child: Child
        let lifeline: Int32
    }

    /// One for all tests of a process.
    public static let shared = Result { try PostgresServer() }

    /// Makes a cluster and starts it. PostgreSQL refuses to be root: there it runs as `postgres`, or as `nobody`.
    ///
    /// - Parameters:
    ///   - primary: the server to follow as a hot standby, until `SELECT pg_promote()`.
    ///   - settings: of `postgresql.conf`. A crash of the server loses nothing without `fsync`; one of the machine is
    ///     not tested here.
    public init(standbyOf primary: PostgresServer? = nil, settings: [String: String] = [:]) throws {
        self.settings = settings.merging(["fsync": "off", "max_connections": "60"]) { own, _ in own }
        var template = Array("/tmp/mvp-pg-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw PostgresServerFailure("no temporary directory") }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        chmod(directory, 0o755)
        if let account = Self.account { chown(directory, account.uid, account.gid) }
        let data = ["-D", directory + "/data", "--no-sync", "-U", "mvp"]
        if let primary {
            try Self.run("pg_basebackup", data + ["-h", primary.directory, "-R", "-c", "fast"])
        } else {
            try Self.run("initdb", data + ["-A", "trust", "-E", "UTF8", "--no-locale"])
        }
        try start()
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// The address of a database of this server.
    public func url(of database: String = "postgres", as role: String = "mvp") -> String {
        "postgresql://\(role)@/\(database)?host=\(directory)"
    }

    /// A new database, empty or a copy of another.
    public func makeDatabase(like template: String = "template1") throws -> String {
        let name = "test\(databases.wrappingAdd(1, ordering: .relaxed).newValue)"
        try query("CREATE DATABASE \(name) TEMPLATE \(template)")
        return name
    }

    /// What psql prints: a line for each row, `|` between the columns.
    @discardableResult
    public func query(_ sql: String, in database: String = "postgres", as role: String = "mvp") throws -> String {
        try Self.run(
            "psql", ["-h", directory, "-U", role, "-d", database, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql])
    }

    /// Starts the server and waits until it answers.
    public func start() throws {
        let options = settings.map { "-c \($0.key)=\($0.value)" }.joined(separator: " ")
        // The pipe ends with this process: then the server stops and the directory goes.
        let script = """
            "$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= \(options) >>"$2/log" 2>&1 &
            server=$!
            trap '' INT TERM HUP
            word=$(cat)
            kill -QUIT $server 2>/dev/null
            wait $server
            [ "$word" = keep ] || rm -rf "$2"
            """
        let (input, lifeline) = try Child.pipe()
        defer { close(input) }
        let child = try Self.spawn("/bin/sh", ["-c", script, "sh", Self.programs, directory], input: input, output: 2)
        running.withLock { $0 = Running(child: child, lifeline: lifeline) }
        let deadline = Date().addingTimeInterval(30)
        while Date() < deadline {
            if (try? query("SELECT 1")) != nil { return }
            usleep(20_000)
        }
        throw PostgresServerFailure("PostgreSQL did not start, see \(directory)/log")
    }

    /// What `pg_ctl stop -m immediate` does: every process of the server dies at once, without a farewell.
    public func crash() {
        end(saying: "keep")
    }

    /// Ends the server and removes its directory.
    public func stop() {
        end(saying: "")
    }

    private func end(saying word: String) {
        guard let running = running.withLock({ $0.take() }) else { return }
        _ = word.withCString { write(running.lifeline, $0, strlen($0)) }
        close(running.lifeline)
        running.child.wait()
    }

    // MARK: Programs

    private static let account: (uid: UInt32, gid: UInt32)? = {
        guard geteuid() == 0 else { return nil }
        for name in ["postgres", "nobody"] {
            if let entry = getpwnam(name) { return (entry.pointee.pw_uid, entry.pointee.pw_gid) }
        }
        return nil
    }()

    /// Debian keeps the server's programs out of PATH.
    private static let programs: String = {
        let base = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? []
        let latest = versions.compactMap { Int($0) }.max()
        return latest.map { "\(base)/\($0)/bin" } ?? "/usr/bin"
    }()

    private static func spawn(
        _ program: String, _ arguments: [String], input: Int32, output: Int32
    ) throws -> Child {
        var words = [program] + arguments
        if let account {
            words = ["/usr/bin/setpriv", "--reuid=\(account.uid)", "--regid=\(account.gid)", "--clear-groups"] + words
        }
        return try Child(
            words, environment: ["PATH=/usr/bin:/bin", "LC_ALL=C", "PGOPTIONS=-c client_min_messages=warning"],
            input: input, output: output)
    }

    /// What a program says, on both its streams.
    @discardableResult
    private static func run(_ program: String, _ arguments: [String]) throws -> String {
        let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
        let (output, written) = try Child.pipe()
        defer { close(output) }
        let child = try spawn(programs + "/" + program, arguments, input: nothing, output: written)
        close(nothing)
        close(written)
        let text = String(decoding: Child.contents(of: output), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        guard child.wait() == 0 else { throw PostgresServerFailure("\(program): \(text)") }
        return text
    }
}

public struct PostgresServerFailure: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
