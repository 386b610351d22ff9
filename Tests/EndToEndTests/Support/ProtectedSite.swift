import Foundation
import Testing

/// An app that says what it was sent, behind a proxy that is set up by a file of `Examples/` and asks a shim.
final class ProtectedSite: Sendable {
    enum Proxy: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case nginx, caddy
        case nginxOverUnixSocket = "nginx over a Unix socket"
        case caddyOverUnixSocket = "Caddy over a Unix socket"

        var testDescription: String { rawValue }
        /// Whether this host has both programs.
        static var areInstalled: Bool {
            [nginxProgram, caddyProgram].allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }
        }

        fileprivate static let nginxProgram = "/usr/sbin/nginx"
        fileprivate static let caddyProgram = "/usr/bin/caddy"
        fileprivate var isCaddy: Bool { self == .caddy || self == .caddyOverUnixSocket }
        fileprivate var usesUnixSocket: Bool { self == .nginxOverUnixSocket || self == .caddyOverUnixSocket }
    }

    let daemon: Daemon
    let shim: ChildProcess
    let port: UInt16
    private let app: ChildProcess
    private let proxy: ChildProcess

    init(_ kind: Proxy) async throws {
        daemon = try await Daemon()
        let directory = daemon.directory.path
        let shimAddress: String
        if kind.usesUnixSocket {
            let path = directory + "/http"
            shim = try Self.shim(daemon, ["--listen", "unix://" + path, "--trusted-proxy", "unix"])
            guard await shim.says("ready on unix://") else { throw Self.failure("shim", shim) }
            shimAddress = kind.isCaddy ? "unix/" + path : "unix:" + path
        } else {
            shim = try Self.shim(daemon, ["--listen", "127.0.0.1:0", "--trusted-proxy", "127.0.0.1"])
            guard await shim.says("ready on http://127.0.0.1:") else { throw Self.failure("shim", shim) }
            shimAddress = "127.0.0.1:\(Self.port(in: shim.output))"
        }
        app = try ChildProcess("/usr/bin/python3", ["-c", Self.echo], in: directory)
        guard await app.says("ready on 127.0.0.1:") else { throw Self.failure("app", app) }
        let appAddress = "127.0.0.1:\(Self.port(in: app.output))"
        // Another process may take a free port before the proxy does.
        for _ in 0..<4 {
            let port = try Self.freePort()
            let proxy = try Self.start(kind, port: port, shim: shimAddress, app: appAddress, in: directory)
            if await Self.isServing(port, proxy) {
                (self.port, self.proxy) = (port, proxy)
                return
            }
            guard proxy.errors.contains("ddress already in use") else { throw Self.failure("proxy", proxy) }
        }
        throw DaemonFailure(description: "no port was free for the proxy")
    }

    func send(_ verb: String, _ path: String, _ body: String? = nil, token: String? = nil) async throws -> HTTPAnswer {
        var head = "Host: localhost\r\nConnection: close\r\n"
        if let token { head += "Authorization: Bearer \(token)\r\n" }
        if let body { head += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n" }
        return try await raw("\(verb) \(path) HTTP/1.1\r\n\(head)\r\n\(body ?? "")")
    }

    func raw(_ request: String) async throws -> HTTPAnswer {
        let wire = try WireSocket(port: port)
        try await wire.send(request)
        return try await HTTPService.answer(from: wire)
    }

    private static func shim(_ daemon: Daemon, _ arguments: [String]) throws -> ChildProcess {
        try ChildProcess(
            Products.path("mvp-auth-http"), ["--socket", "unix://" + daemon.socket] + arguments,
            in: daemon.directory.path)
    }

    /// The proxy of the system's package with a file of the examples, other addresses, and everything that it writes in
    /// the directory. As one process, so that it ends with its value.
    private static func start(
        _ kind: Proxy, port: UInt16, shim: String, app: String, in directory: String
    ) throws -> ChildProcess {
        let source = Products.source(
            kind.isCaddy ? "../../Examples/caddy/Caddyfile" : "../../Examples/nginx/nginx.conf")
        var text = try String(contentsOfFile: source, encoding: .utf8)
        for (address, other) in [
            ("127.0.0.1:8080", shim), ("127.0.0.1:3000", app), ("127.0.0.1:8000", "127.0.0.1:\(port)"),
            ("http://:8000 ", "http://:\(port) "),
            ("\nhttp {\n", "\nhttp {\naccess_log off;\n" + temporaryPaths(directory)),
        ] { text = text.replacingOccurrences(of: address, with: other) }
        let file = directory + "/proxy.conf"
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        guard !kind.isCaddy else {
            return try ChildProcess(
                Proxy.caddyProgram, ["run", "--config", file, "--adapter", "caddyfile"],
                environment: ["XDG_DATA_HOME": directory, "XDG_CONFIG_HOME": directory], in: directory)
        }
        return try ChildProcess(
            Proxy.nginxProgram,
            [
                "-e", "stderr", "-p", directory, "-c", file, "-g",
                "daemon off; master_process off; pid \(directory)/nginx.pid;",
            ], in: directory)
    }

    private static func temporaryPaths(_ directory: String) -> String {
        ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \(directory)/\($0);\n" }.joined()
    }

    private static func isServing(_ port: UInt16, _ process: ChildProcess) async -> Bool {
        for _ in 0..<2000 where process.isRunning {
            if (try? WireSocket(port: port)) != nil { return process.isRunning }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    /// A port that nobody had a moment ago.
    static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            // SAFETY: socket addresses of every family are passed as sockaddr (bind(2)).
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 ? getsockname(descriptor, $0, &size) : -1
            }
        }
        guard result == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        return UInt16(bigEndian: address.sin_port)
    }

    private static func port(in output: String) -> String {
        output.range(of: "127.0.0.1:").map { String(output[$0.upperBound...].prefix { $0.isNumber }) } ?? ""
    }

    private static func failure(_ name: String, _ process: ChildProcess) -> DaemonFailure {
        DaemonFailure(description: "the \(name) did not start: \(process.errors)")
    }

    /// Answers with what it was sent, as JSON.
    private static let echo = """
        import json
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

        class Echo(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                line = self.command + " " + self.path
                text = json.dumps({"line": line, "headers": self.headers.items(), "body": body}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = answer

            def log_message(self, *words):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
        print("ready on 127.0.0.1:%d" % server.server_address[1], flush=True)
        server.serve_forever()
        """
}
