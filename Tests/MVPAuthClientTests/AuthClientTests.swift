import AuthAPI
import Foundation
import MVPAuth
import StrictJSON
import Synchronization
import Testing

@testable import MVPAuthClient

@Suite("The client")
struct AuthClientTests {
    private let pair = #"{"access_token":"a","refresh_token":"r","token_type":"bearer","expires_in":900}"#

    private func client(
        _ server: ScriptedServer, timeout: Duration = .seconds(5), isRestricted: Bool = false
    ) -> AuthClient {
        var configuration = AuthClient.Configuration()
        configuration.socket = "unix://" + server.path
        configuration.timeout = timeout
        configuration.isRestricted = isRestricted
        return AuthClient(configuration)
    }

    /// The calls that were no hello.
    private func calls(_ server: ScriptedServer) -> [ScriptedServer.Call] {
        server.calls.filter { $0.method != "system.hello" }
    }

    @Test("gives each of many callers its own answer, in whatever order they come, over one connection")
    func multiplexes() async throws {
        let server = try await ScriptedServer { call in
            let email = call.json["params"]?["email"]?.string ?? ""
            let reply = "{\"jsonrpc\":\"2.0\",\"id\":\(call.id ?? 0),\"result\":{\"message\":\"\(email)\"}}\n"
            return .replyLater(reply, milliseconds: Int64.random(in: 0...20))
        }
        let client = client(server)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<200 {
                group.addTask {
                    let reply = try await client.call(ForgotPassword(email: "u\(index)"))
                    #expect(reply.message == "u\(index)")
                }
            }
            try await group.waitForAll()
        }
        #expect(server.connections == 1)
        await client.close()
        await server.close()
    }

    @Test("says hello first on every connection, and gives rights up there")
    func hello() async throws {
        let server = try await ScriptedServer { call in
            call.connection == 1 ? .hangUp : call.result(ScriptedServer.pong)
        }
        let client = client(server, isRestricted: true)
        _ = try await client.call(Ping())
        #expect(server.calls.map(\.method) == ["system.hello", "system.ping", "system.hello", "system.ping"])
        for hello in server.calls where hello.method == "system.hello" {
            #expect(hello.json["params"]?["roles"] == ["client"])
        }
        await client.close()
        await server.close()
    }

    @Test("an answer that was lost may have been executed: repeated only when that is safe")
    func lostAnswers() async throws {
        let server = try await ScriptedServer { call in
            call.connection == 1 ? .hangUp : call.result(ScriptedServer.pong)
        }
        let once = client(server)
        await #expect(throws: AuthClientError.connectionLost) {
            _ = try await once.call(ChangePassword(currentPassword: Secret("a"), newPassword: Secret("b")))
        }
        #expect(calls(server).count == 1)
        await once.close()
        await server.close()
        let pair = pair
        let other = try await ScriptedServer { call in call.connection == 1 ? .hangUp : call.result(pair) }
        let twice = client(other)
        _ = try await twice.refresh(Secret("token"))
        let keys = calls(other).compactMap { $0.json["meta"]?["idempotency_key"]?.string }
        #expect(keys.count == 2 && keys[0] == keys[1], "a refresh is repeated under its key")
        await twice.close()
        await other.close()
    }

    @Test(
        "repeats what was certainly not executed and may succeed, and nothing else",
        arguments: [
            (-32003, "OVERLOADED", false, true, 2), (-32001, "SHUTTING_DOWN", false, true, 2),
            (-32010, "STORAGE_UNAVAILABLE", true, true, 1), (40101, "INVALID_CREDENTIALS", false, false, 1),
            (-32602, "INVALID_PARAMS", false, false, 1), (49999, "BRAND_NEW", true, false, 1),
        ])
    func errors(number: Int, name: String, executed: Bool, retryable: Bool, attempts: Int) async throws {
        let count = Atomic(0)
        let pair = pair
        let server = try await ScriptedServer { [count = Box(count)] call in
            count.value.wrappingAdd(1, ordering: .relaxed).newValue == 1
                ? call.error(number, name, executed: executed, retryable: retryable) : call.result(pair)
        }
        let client = client(server)
        do throws(AuthClientError) {
            _ = try await client.login(email: "a", password: Secret("b"))
            #expect(attempts == 2)
        } catch {
            #expect(attempts == 1 && error.code == name && error.number == number && error.executed == executed)
            if name == "BRAND_NEW" { #expect(error.known == nil && error.httpStatus == 499) }
        }
        #expect(calls(server).count == attempts)
        await client.close()
        await server.close()
    }

    @Test("a deadline is kept, and told to the daemon")
    func deadlines() async throws {
        let server = try await ScriptedServer { _ in .silence }
        let client = client(server, timeout: .milliseconds(1500))
        do throws(AuthClientError) {
            _ = try await client.call(Ping())
            Issue.record("nothing answered, and yet")
        } catch {
            #expect(error.known == .deadlineExceeded && error.executed)
        }
        let told = try #require(calls(server).first?.json["meta"]?["timeout_ms"]?.int)
        #expect((1...1500).contains(told))
        await client.close()
        await server.close()
    }

    @Test("a caller that is cancelled leaves at once and tells the daemon")
    func cancellation() async throws {
        let server = try await ScriptedServer { _ in .silence }
        let client = client(server)
        let task = Task { () -> String in
            do throws(AuthClientError) {
                _ = try await client.call(Health())
                return "answered"
            } catch {
                return error.code
            }
        }
        while calls(server).isEmpty { try await Task.sleep(for: .milliseconds(2)) }
        task.cancel()
        #expect(await task.value == "CANCELLED")
        while calls(server).count < 2 { try await Task.sleep(for: .milliseconds(2)) }
        let cancel = try #require(calls(server).last)
        #expect(cancel.method == "system.cancel" && cancel.id == nil)
        #expect(cancel.json["params"]?["id"]?.int == calls(server).first?.id)
        await client.close()
        await server.close()
    }

    @Test("a caller that is cancelled does not wait for the hello of a daemon that hangs", .timeLimit(.minutes(1)))
    func cancelledHello() async throws {
        let server = try await ScriptedServer(greets: false) { _ in .silence }
        let client = client(server, timeout: .seconds(600))
        // Who begins the attempt, and who waits for the same one.
        let tasks = (0..<3).map { _ in
            Task { () async -> AuthClientError? in
                do throws(AuthClientError) {
                    try await client.ping()
                    return nil
                } catch {
                    return error
                }
            }
        }
        while server.calls.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
        for task in tasks.shuffled() {
            task.cancel()
            let error = await task.value
            #expect(error?.known == .cancelled && error?.executed == false)
        }
        #expect(server.calls.map(\.method) == ["system.hello"], "the attempt is one, and goes on")
        await server.close()
    }

    @Test("no daemon is UNAVAILABLE and not executed; it is found when it comes")
    func unavailable() async throws {
        var configuration = AuthClient.Configuration()
        configuration.socket = "/tmp/mvp-\(UUID().uuidString.prefix(13)).sock"
        configuration.timeout = .milliseconds(300)
        let path = configuration.socket ?? ""
        let client = AuthClient(configuration)
        do throws(AuthClientError) {
            try await client.ping()
            Issue.record("nobody is there, and yet")
        } catch {
            #expect(error.code == "UNAVAILABLE" && !error.executed && error.httpStatus == 503)
        }
        let server = try await ScriptedServer(path: path) { $0.result(ScriptedServer.pong) }
        try await client.ping()
        await client.close()
        await server.close()
        await #expect(throws: AuthClientError.self) { try await client.ping() }
    }

    @Test("a daemon that is away is waited for, as long as the application wants")
    func waits() async throws {
        var configuration = AuthClient.Configuration()
        configuration.socket = "/tmp/mvp-\(UUID().uuidString.prefix(13)).sock"
        configuration.timeout = .seconds(30)
        let path = configuration.socket ?? ""
        let patient = AuthClient(configuration)
        configuration.connectTimeout = .milliseconds(50)
        let impatient = AuthClient(configuration)
        async let answer: Void = patient.ping()
        let clock = ContinuousClock()
        let began = clock.now
        await #expect(throws: AuthClientError.self) { try await impatient.ping() }
        #expect(clock.now - began < .seconds(20))
        let server = try await ScriptedServer(path: path) { $0.result(ScriptedServer.pong) }
        try await answer
        #expect(calls(server).count == 1)
        await patient.close()
        await impatient.close()
        await server.close()
    }

    @Test("the daemon is told of five seconds, and of fifteen where a password is hashed")
    func deadlinesByCost() async throws {
        let pair = pair
        let server = try await ScriptedServer { call in
            call.result(call.method == "auth.login" ? pair : ScriptedServer.pong)
        }
        var configuration = AuthClient.Configuration()
        configuration.socket = server.path
        let client = AuthClient(configuration)
        try await client.ping()
        _ = try await client.login(email: "a", password: Secret("b"))
        let told = calls(server).compactMap { $0.json["meta"]?["timeout_ms"]?.int }
        #expect(told.count == 2 && (1...5000).contains(told[0]) && (5001...15_000).contains(told[1]))
        await client.close()
        await server.close()
    }

    @Test("who is told when to come back does so, and not all at once")
    func retryAfter() {
        var error = AuthClientError.unavailable("")
        error.retryAfterMilliseconds = 400
        let waits = (0..<100).compactMap { _ in RetryPolicy().delay(after: error, attempt: 1, isRepeatable: false) }
        #expect(waits.count == 100 && waits.allSatisfy { (400...501).contains($0) } && Set(waits).count > 10)
        error.retryAfterMilliseconds = .max
        #expect((RetryPolicy().delay(after: error, attempt: 1, isRepeatable: false) ?? 0) >= 400)
    }

    @Test("what is no answer ends the connection, not the process")
    func nonsense() async throws {
        let server = try await ScriptedServer { call in
            call.connection == 1 ? .reply("{\"jsonrpc\":\"2.0\"\n") : call.result(ScriptedServer.pong)
        }
        let client = client(server)
        try await client.ping()
        #expect(server.connections == 2)
        await client.close()
        await server.close()
    }

    @Test("a connection that is being drained takes no new calls")
    func draining() async throws {
        let server = try await ScriptedServer { call in
            guard call.connection == 1 else { return call.result(ScriptedServer.pong) }
            return .reply(
                "{\"jsonrpc\":\"2.0\",\"method\":\"system.draining\",\"params\":{}}\n{\"jsonrpc\":\"2.0\",\"id\":\(call.id ?? 0),\"result\":\(ScriptedServer.pong)}\n"
            )
        }
        let client = client(server)
        try await client.ping()
        try await client.ping()
        #expect(server.connections == 2)
        await client.close()
        await server.close()
    }

    @Test("searches for the socket where a daemon may have put it")
    func search() {
        func find(_ variables: [String: String]) -> String {
            SocketPath.first(of: SocketPath.candidates { variables[$0] })
        }
        #expect(find(["MVP_AUTH_SOCKET": "unix:///x/y.sock", "MVP_AUTH_RUNTIME_DIR": "/r"]) == "/x/y.sock")
        #expect(find(["MVP_AUTH_RUNTIME_DIR": "/r", "RUNTIME_DIRECTORY": "/s"]) == "/r/mvp-auth.sock")
        #expect(find(["RUNTIME_DIRECTORY": "/s:/t", "XDG_RUNTIME_DIR": "/u"]) == "/run/mvp-auth/mvp-auth.sock")
        #expect(find(["XDG_RUNTIME_DIR": "/u"]) == "/run/mvp-auth/mvp-auth.sock", "where the package puts it")
        #expect(find([:]) == "/run/mvp-auth/mvp-auth.sock")
    }

    @Test("searches for the operators' socket in the same directories")
    func operators() {
        func paths(_ variables: [String: String]) -> [String] { SocketPath.operatorCandidates { variables[$0] } }
        let named = ["MVP_AUTH_SOCKET": "unix:///x/y.sock", "MVP_AUTH_RUNTIME_DIR": "/r"]
        #expect(paths(named) == ["/x/admin.sock", "/x/y.sock"])
        #expect(paths(["MVP_AUTH_SOCKET": "y.sock"]) == ["./admin.sock", "y.sock"])
        #expect(paths(["MVP_AUTH_RUNTIME_DIR": "/r"]) == ["/r/admin.sock"])
        #expect(paths(["XDG_RUNTIME_DIR": "/u"]) == ["/u/mvp-auth/admin.sock", "/run/mvp-auth/admin.sock"])
        #expect(paths([:]) == ["/run/mvp-auth/admin.sock"])
    }
}

/// Something that cannot be copied, held.
private final class Box<Value: ~Copyable & Sendable>: Sendable {
    let value: Value

    init(_ value: consuming Value) {
        self.value = value
    }
}
