import AuthAPI
import Foundation
import MVPAuth
import MVPAuthClient
import StrictJSON
import Testing

/// Guesses at a daemon as it is deployed. Delays are of real time, so what is expected of counts is a bound by the time
/// that has passed.
@Suite("Guessing at a daemon")
struct DaemonGuessingTests {
    private let email = "ada@example.org"
    private let password = Secret("correct horse battery")

    private func login(_ password: String, at email: String, _ more: String = "") -> String {
        #"{"jsonrpc":"2.0","id":1,"method":"auth.login","params":{"email":"\#(email)","password":"\#(password)"\#(more)}}"#
    }

    /// How many attempts the ladder allows within so many seconds.
    private func allowed(within seconds: Double) -> Int {
        var (count, time, delay) = (5, 1.0, 1.0)
        while time <= seconds {
            count += 1
            delay *= 2
            time += delay
        }
        return count
    }

    @Test("500 guesses at once are at most three more than one after another", arguments: [true, false])
    func parallel(_ isKnown: Bool) async throws {
        let daemon = try await Daemon(["AUTH_THROTTLE": "true"])
        let client = daemon.client()
        if isKnown { _ = try await client.register(email: email, password: password) }
        let wires = try (0..<10).map { _ in try WireSocket(unix: daemon.socket) }
        let start = ContinuousClock.now
        for (number, wire) in wires.enumerated() {
            let lines = (0..<50).map { login("wrong \(number) \($0)", at: email) }
            try await wire.send(lines.joined(separator: "\n") + "\n")
        }
        var (looks, refusals) = (0, 0)
        for wire in wires {
            for _ in 0..<50 {
                let line = try await wire.line()
                if line.contains("INVALID_CREDENTIALS") { looks += 1 }
                if line.contains("RATE_LIMITED") {
                    refusals += 1
                    #expect(line.contains(#""proofs":["device_token","known_address","password_reset"]"#))
                    #expect(line.contains(#""retryable":false"#) && line.contains(#""retry_after_ms":"#))
                }
            }
        }
        let passed = (ContinuousClock.now - start) / .seconds(1)
        #expect(looks >= 5 && looks <= allowed(within: passed) + 3, "\(looks) in \(passed) s")
        #expect(looks + refusals == 500)
        let wire = try WireSocket(unix: daemon.adminSocket)
        try await wire.send(#"{"jsonrpc":"2.0","id":1,"method":"system.stats"}"# + "\n")
        #expect(try await wire.line().contains(#""throttled":{"account":\#(refusals)}"#))
        #expect(daemon.process.errors.contains("a login failed") && !daemon.process.errors.contains(email))
        await daemon.stop()
    }

    @Test("a device is let in while strangers are not, also after a restart", arguments: Backend.allCases)
    func device(_ backend: Backend) async throws {
        let settings = try backend.settings().merging(["AUTH_THROTTLE": "true"]) { $1 }
        let directory = try ScratchDirectory().prepared()
        var daemon = try await Daemon(settings, in: directory)
        _ = try await daemon.client().register(email: email, password: password)
        let first = try await daemon.ask(login(password.reveal(), at: email, #","remember_device":true"#))
        let start = try #require(first.range(of: #""device_token":""#)?.upperBound)
        let token = first[start...].prefix { $0 != "\"" }
        #expect(try await !daemon.ask(login(password.reveal(), at: email)).contains("device_token"))
        for number in 0..<40 { _ = try await daemon.ask(login("wrong \(number)", at: email)) }
        await daemon.stop()
        daemon = try await Daemon(settings, in: directory)
        for number in 40..<60 { _ = try await daemon.ask(login("wrong \(number)", at: email)) }
        #expect(try await daemon.ask(login(password.reveal(), at: email)).contains("RATE_LIMITED"))
        let known = try await daemon.ask(login(password.reveal(), at: email, #","device_token":"\#(token)""#))
        #expect(known.contains("access_token"), "\(known)")
        await daemon.stop()
    }

    @Test("over HTTP it is 429 with Retry-After, at once; an address's own budget counts by the peer")
    func http() async throws {
        let service = try await HTTPService(
            try await Daemon(["AUTH_THROTTLE": "true", "AUTH_SOURCE_BURST": "3", "AUTH_SOURCE_SECONDS": "3600"]))
        let body = #"{"email":"ada@example.org","password":"correct horse battery","remember_device":true}"#
        #expect(try await service.send("POST", "/auth/register", body).status == 201)
        let login = try await service.send("POST", "/auth/login", body)
        #expect(login.status == 200 && login.json?["device_token"]?.string?.isEmpty == false)
        let wrong = #"{"email":"bob@example.org","password":"a wrong password"}"#
        #expect(try await service.send("POST", "/auth/login", wrong).status == 401)
        let refused = try await service.send("POST", "/auth/login", wrong)
        #expect(refused.status == 429 && refused.code == "RATE_LIMITED")
        #expect(try #require(refused["Retry-After"].flatMap { Int($0) }) > 3000)
        // Who it is at makes no difference to it.
        #expect(try await service.send("POST", "/auth/login", body).status == 429)
        await service.daemon.stop()
    }

    @Test("in development nothing is slowed down unless it is asked for")
    func development() async throws {
        let daemon = try await Daemon()
        for number in 0..<20 {
            #expect(try await daemon.ask(login("wrong \(number)", at: email)).contains("INVALID_CREDENTIALS"))
        }
        await daemon.stop()
    }
}
