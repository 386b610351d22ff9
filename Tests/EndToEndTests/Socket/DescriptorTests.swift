import Foundation
import Testing

/// A process may open few files only: the operators' socket is served all the same.
@Suite("Few descriptors", .serialized)
struct DescriptorTests {
    @Test(
        "a burst of connections leaves the operators' socket its reserve", arguments: [128, 192, 256, 400])
    func burst(_ files: Int) async throws {
        let directory = try ScratchDirectory().prepared()
        let script = directory.path + "/start"
        try "#!/bin/sh\nulimit -n \(files)\nexec \"$@\"\n".write(
            toFile: script, atomically: true, encoding: .utf8)
        chmod(script, 0o700)
        let daemon = try await Daemon(
            ["AUTH_LIMIT_CONNECTIONS_PER_UID": "100000"], in: directory,
            arguments: [Products.path("mvp-authd"), "--dev"], executable: script)
        for _ in 0..<3 {
            var crowd: [WireSocket] = []
            for _ in 0..<files {
                if let wire = try? WireSocket(unix: daemon.socket) { crowd.append(wire) }
            }
            for _ in 0..<10 {
                let operators = try WireSocket(unix: daemon.adminSocket)
                try await operators.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"system.ping\"}\n")
                #expect(try await operators.line().contains("pong"))
            }
            let open = try FileManager.default.contentsOfDirectory(
                atPath: "/proc/\(daemon.process.pid)/fd"
            ).count
            #expect(open < files - 8, "\(open) of \(files) are open")
            crowd = []
        }
        #expect(await daemon.stop() == 0)
    }

    @Test("descriptors that a peer sends along with its calls are not taken")
    func sentAlong() async throws {
        let daemon = try await Daemon()
        let script = """
            import os, socket, sys
            peer = socket.socket(socket.AF_UNIX)
            peer.connect(sys.argv[1])
            reader = peer.makefile()
            def ping(files):
                socket.send_fds(peer, [b'{"jsonrpc":"2.0","id":1,"method":"system.ping"}\\n'], files)
                assert "pong" in reader.readline()
            def opened(): return len(os.listdir("/proc/" + sys.argv[2] + "/fd"))
            ping([])
            before = opened()
            for _ in range(50): ping([0] * 10)
            print(opened() - before, "more")
            """
        let peer = try ChildProcess(
            "/usr/bin/python3", ["-c", script, daemon.socket, "\(daemon.process.pid)"], in: daemon.directory.path)
        #expect(await peer.ended() == 0, "\(peer.errors)")
        #expect(peer.output == "0 more\n")
    }
}
