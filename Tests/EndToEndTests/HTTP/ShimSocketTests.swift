import Foundation
import Testing

/// The Unix sockets of the shim: whose it calls, and who may open its own.
@Suite("The REST shim and the users of its host")
struct ShimSocketTests {
    private let credentials = #"{"email":"ada@example.org","password":"correct horse battery"}"#

    /// Listens as the user nobody and says how many bytes each who connects has sent.
    private static let impostor = """
        import os, socket, sys
        server = socket.socket(socket.AF_UNIX)
        server.bind(sys.argv[1])
        os.chmod(sys.argv[1], 0o666)
        server.listen()
        print("listening", flush=True)
        while True:
            peer, _ = server.accept()
            peer.settimeout(5)
            try:
                print("received", len(peer.recv(65536)), flush=True)
            except OSError as error:
                print(error, flush=True)
        """

    @Test(
        "A socket that somebody else serves is refused before anything is sent, whoever else it is",
        .enabled(if: Host.isRoot), arguments: ["daemon", "1"])
    func impostor(daemonUser: String) async throws {
        let directory = try ScratchDirectory()
        chmod(directory.path, 0o711)
        mkdir(directory.path + "/other", 0o700)
        chown(directory.path + "/other", 65534, 65534)
        let socket = directory.path + "/other/s"
        let other = try ChildProcess(
            "/usr/bin/setpriv",
            [
                "--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3", "-c", Self.impostor, socket,
            ], in: directory.path)
        #expect(await other.says("listening"))
        let shim = try ChildProcess(
            Products.path("mvp-auth-http"),
            ["--listen", "unix://\(directory.path)/http", "--socket", "unix://" + socket],
            environment: ["MVP_AUTH_DAEMON_USER": daemonUser], in: directory.path)
        #expect(await shim.says("ready on unix://"))
        let curl = try ChildProcess(
            "/usr/bin/curl",
            [
                "-s", "-i", "-m", "10", "--unix-socket", directory.path + "/http", "-H",
                "Content-Type: application/json", "-d", credentials, "http://x/auth/login",
            ], in: directory.path)
        #expect(await curl.ended() == 0)
        #expect(curl.output.hasPrefix("HTTP/1.1 503 ") && !curl.output.contains("65534"), "\(curl.output)")
        #expect(
            shim.errors.contains("The socket \(socket) is served by uid 65534, not by the daemon's."),
            "\(shim.errors)")
        #expect(await other.says("received 0"), "\(other.output)")
        #expect(!other.output.contains { "123456789".contains($0) }, "\(other.output)")
    }

    @Test("Its own socket has the group and the mode that were chosen", .enabled(if: Host.isRoot))
    func access() async throws {
        let directory = try ScratchDirectory()
        let path = directory.path + "/http"
        let shim = try ChildProcess(
            Products.path("mvp-auth-http"),
            ["--listen", "unix://" + path, "--socket-group", "daemon", "--socket-mode", "0620"], in: directory.path)
        #expect(await shim.says("ready on unix://"))
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o620)
        #expect(attributes[.groupOwnerAccountName] as? String == "daemon")
        #expect(attributes[.ownerAccountID] as? Int == 0)
    }

    @Test(
        "A group or a mode that cannot be is one sentence, and nothing is served",
        arguments: [
            ["--socket-group", "no-such-group"], ["--socket-mode", "0777x"], ["--socket-mode", "0077"],
            ["--socket-mode", "01777"], ["--socket-mode", "8"],
        ])
    func wrong(option: [String]) async throws {
        let directory = try ScratchDirectory()
        let path = directory.path + "/http"
        let shim = try ChildProcess(
            Products.path("mvp-auth-http"), ["--listen", "unix://" + path] + option, in: directory.path)
        let status = await shim.ended()
        #expect(status == 1 || status == 78)
        #expect(shim.errors.contains(option[1]) && shim.errors.split(separator: "\n").count == 1, "\(shim.errors)")
        #expect(shim.output.isEmpty && !FileManager.default.fileExists(atPath: path))
    }
}
