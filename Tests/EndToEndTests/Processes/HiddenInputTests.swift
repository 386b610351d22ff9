import Foundation
import StrictJSON
import Testing

@Suite("The prompt for a password on a terminal")
struct HiddenInputTests {
    /// What a terminal saw: see `hidden_input.py`.
    private func terminal(_ what: String) async throws -> JSON {
        let directory = try ScratchDirectory()
        let process = try ChildProcess(
            "/usr/bin/python3", [Products.source("Terminal/hidden_input.py"), Products.path("mvp-auth"), what],
            environment: ["MVP_AUTH_SOCKET": directory.path + "/none.sock"], in: directory.path)
        #expect(await process.ended() == 0, "\(process.errors)")
        var scanner = JSONScanner()
        return try JSON(try scanner.scan(Array(process.output.utf8)))
    }

    @Test(
        "Trap 17: nothing of what is typed is shown, and the terminal echoes afterwards", .timeLimit(.minutes(2)))
    func line() async throws {
        let seen = try await terminal("line")
        #expect(seen["echoes"] == [false, true])
        #expect(seen["shown"]?.string?.contains("canary") == false)
        // The daemon is not there, so the line was taken and the call was tried.
        #expect(seen["status"] == 69 && seen["shown"]?.string?.contains("UNAVAILABLE") == true, "\(seen)")
    }

    @Test("takes an empty line as one", .timeLimit(.minutes(2)))
    func empty() async throws {
        let seen = try await terminal("empty")
        #expect(seen["echoes"] == [false, true])
        #expect(seen["status"] == 69 && seen["shown"]?.string?.contains("UNAVAILABLE") == true, "\(seen)")
    }

    @Test("says so when the input ends", .timeLimit(.minutes(2)))
    func end() async throws {
        let seen = try await terminal("end")
        #expect(seen["echoes"] == [false, true])
        #expect(seen["status"] == 64 && seen["shown"]?.string?.contains("which has ended") == true, "\(seen)")
    }

    @Test(
        "ends by the signal that ends it, with the terminal as it was", .timeLimit(.minutes(2)),
        arguments: [("interrupt", SIGINT), ("TERM", SIGTERM), ("HUP", SIGHUP)])
    func ended(what: String, signal: Int32) async throws {
        let seen = try await terminal(what)
        #expect(seen["echoes"] == [false, true])
        #expect(seen["signal"]?.int == Int(signal), "\(seen)")
    }

    @Test("stops with the terminal as it was, and asks again when it is continued", .timeLimit(.minutes(2)))
    func stopped() async throws {
        let seen = try await terminal("stop")
        #expect(seen["stopped"] == true)
        #expect(seen["echoes"] == [false, true, false, true])
        #expect(seen["signal"]?.int == Int(SIGINT), "\(seen)")
    }
}
