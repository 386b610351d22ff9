import Foundation
import Testing

/// `make run`, after the build.
@Suite("The run script")
struct RunScriptTests {
    private func start(state: String, listen: String, in directory: ScratchDirectory) throws -> ChildProcess {
        let built = URL(fileURLWithPath: Products.path("mvp-authd")).deletingLastPathComponent().path
        // A shell does not unblock the signals that a thread of the tests may have blocked.
        let unblocked =
            "import os, signal, sys; signal.pthread_sigmask(signal.SIG_SETMASK, []); os.execv(sys.argv[1], sys.argv[1:])"
        return try ChildProcess(
            "/usr/bin/python3", ["-c", unblocked, "/bin/bash", Products.source("../../Scripts/run")],
            environment: [
                "MVP_AUTH_BUILT": built, "MVP_AUTH_STATE_DIR": directory.path + "/" + state,
                "MVP_AUTH_HTTP_LISTEN": listen, "XDG_RUNTIME_DIR": directory.path,
            ], in: directory.path)
    }

    @Test("it serves until it is stopped; a second run, and a busy port, are one sentence and nothing is promised")
    func once() async throws {
        let directory = try ScratchDirectory()
        let first = try start(state: "one", listen: "127.0.0.1:0", in: directory)
        #expect(await first.says("Stop:"), "\(first.errors)")
        let url = try #require(first.output.split(separator: " ").first { $0.hasPrefix("http://127.0.0.1:") })
        let address = url.dropFirst("http://".count).prefix { $0 != "/" }
        #expect(first.output.contains("curl -s \(url)/register"))
        let socket = try String(contentsOfFile: directory.path + "/one/socket", encoding: .utf8)
        #expect(FileManager.default.fileExists(atPath: socket.trimmingCharacters(in: .whitespacesAndNewlines)))

        let second = try start(state: "one", listen: "127.0.0.1:0", in: directory)
        #expect(await second.ended() == 1)
        #expect(second.output.isEmpty && second.errors.hasPrefix("run: This checkout runs already"))

        let busy = try start(state: "two", listen: String(address), in: directory)
        #expect(await busy.ended() == 1)
        #expect(busy.output.isEmpty && busy.errors.hasPrefix("run: \(address) is in use by another program."))
        #expect(busy.errors.contains("MVP_AUTH_HTTP_LISTEN=") && busy.errors.split(separator: "\n").count == 1)

        let wrong = try start(state: "two", listen: "8080", in: directory)
        #expect(await wrong.ended() == 1)
        #expect(wrong.errors.contains("must be HOST:PORT"))

        first.send(SIGTERM)
        #expect(await first.ended() == 0)
    }
}
