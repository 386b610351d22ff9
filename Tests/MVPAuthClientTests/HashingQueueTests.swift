import AuthAPI
import Foundation
import MVPAuth
import Testing

@testable import MVPAuthClient

@Suite("The client's hashing for calls that hash")
struct HashingQueueTests {
    private func client(_ server: ScriptedServer, timeout: Duration) -> AuthClient {
        var configuration = AuthClient.Configuration()
        configuration.socket = "unix://" + server.path
        configuration.timeout = timeout
        return AuthClient(configuration)
    }

    /// A server that lets a connection have one call in flight, answers pings, and no login.
    private func server() async throws -> ScriptedServer {
        try await ScriptedServer { $0.method == "system.ping" ? $0.result(ScriptedServer.pong) : .silence }
    }

    private func login(_ client: AuthClient) async -> AuthClientError? {
        do throws(AuthClientError) {
            _ = try await client.login(email: "ada@example.org", password: Secret("correct horse battery"))
            return nil
        } catch {
            return error
        }
    }

    @Test("Trap 10: two hundred logins hold nothing else up; those that wait in vain were certainly not made")
    func deadline() async throws {
        let server = try await server()
        let client = client(server, timeout: .milliseconds(400))
        _ = try await client.call(Ping())
        let errors = await withTaskGroup(of: AuthClientError?.self) { group in
            for _ in 0..<200 { group.addTask { await login(client) } }
            for _ in 0..<5 {
                group.addTask { (try? await client.call(Ping(), timeout: .seconds(30))) == nil ? .connectionLost : nil }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let failed = errors.compactMap(\.self)
        #expect(failed.count == 200 && failed.allSatisfy { $0.known == .deadlineExceeded })
        // The first to give up leaves its place to one whose time is not quite over yet.
        let made = failed.count { $0.executed }
        #expect(made >= 1 && made < 20)
        #expect(server.calls.count { $0.method == "auth.login" } == made)
        await client.close()
        await server.close()
    }

    @Test("a login that waits can be cancelled, and leaves its place to the next", .timeLimit(.minutes(1)))
    func cancellation() async throws {
        let server = try await server()
        let client = client(server, timeout: .seconds(30))
        _ = try await client.call(Ping())
        let tasks = (0..<20).map { _ in Task { await login(client) } }
        for task in tasks.shuffled() { task.cancel() }
        for task in tasks { #expect(await task.value?.known == .cancelled) }
        _ = try await client.call(Ping())
        await client.close()
        await server.close()
    }
}
