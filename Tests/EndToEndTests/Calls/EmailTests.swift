import Testing

@Suite("Emails on the terminal")
struct EmailTests {
    private let register =
        #"{"jsonrpc":"2.0","id":1,"method":"user.register","params":["ada@example.org","correct horse battery"]}"#

    @Test("a message is printed with a token that works, and nothing of it is in the log")
    func terminal() async throws {
        let daemon = try await Daemon(["AUTH_EMAIL_SINK": "log"], in: try ScratchDirectory(), arguments: [])
        _ = try await daemon.ask(register)
        #expect(await daemon.process.says("  token: "))
        let said = try #require(
            daemon.process.output.firstMatch(
                of: #/verification_email for ada@example\.org\n  link:  (\S+)\n  token: (\S+)\n/#))
        #expect(said.1 == "http://127.0.0.1:8080/verify-email?token=\(said.2)")
        let verified = try await daemon.ask(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"user.verify_email\",\"params\":[\"\(said.2)\"]}")
        #expect(verified.contains("\"is_verified\":true"))
        #expect(!daemon.process.errors.contains(said.2))
    }

    @Test("what was queued just before the stop is printed, if need be after the next start")
    func lastEmail() async throws {
        let directory = try ScratchDirectory()
        let daemon = try await Daemon(["AUTH_EMAIL_SINK": "log"], in: directory, arguments: [])
        _ = try await daemon.ask(register)
        #expect(await daemon.stop() == 0)
        let next = try await Daemon(["AUTH_EMAIL_SINK": "log"], in: directory, arguments: [])
        let sentence = "verification_email for ada@example.org"
        if !daemon.process.output.contains(sentence) { #expect(await next.process.says(sentence)) }
        #expect(await next.stop() == 0)
    }
}
