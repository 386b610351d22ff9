import MVPAuth
import MVPAuthClient
import Testing

/// Connections that break within a call: nothing is done twice, and nobody is signed out by it.
@Suite("Torn calls", .serialized)
struct TornCallTests {
    private let password = Secret("correct horse battery")

    private func client(_ proxy: CuttingProxy) -> AuthClient {
        var configuration = AuthClient.Configuration()
        configuration.socket = proxy.path
        return AuthClient(configuration)
    }

    @Test(
        "Trap 7: a registration cut anywhere is said to be possibly done, and is not made again",
        .timeLimit(.minutes(5)))
    func register() async throws {
        let daemon = try await Daemon()
        let proxy = try CuttingProxy(before: daemon)
        defer { proxy.close() }
        let direct = daemon.client()
        // How long the line is, is learnt from one that passes.
        let whole = client(proxy)
        _ = try await whole.register(email: "u999@example.org", password: password)
        let length = try #require(proxy.calls.first).utf8.count
        await whole.close()
        var done: [Int] = []
        for count in 0...length {
            proxy.cutNext(.call(afterBytes: count))
            let client = client(proxy)
            let email = "u\(100 + count)@example.org"
            do throws(AuthClientError) {
                _ = try await client.register(email: email, password: password)
                Issue.record("cut after \(count) bytes and answered")
            } catch {
                #expect(error.code == "CONNECTION_LOST" && error.executed, "after \(count) bytes: \(error)")
            }
            #expect(proxy.calls.count == 1, "after \(count) bytes")
            await client.close()
            do throws(AuthClientError) {
                _ = try await direct.register(email: email, password: password)
            } catch {
                #expect(error.known == .userExists)
                done.append(count)
            }
        }
        // Whole, with or without its line feed (PROTOCOL 2): else nothing was done.
        #expect(done == [length - 1, length])
        await direct.close()
    }

    @Test("Trap 7: what carries a key and is cut is made again, and done once", .timeLimit(.minutes(5)))
    func keyed() async throws {
        let daemon = try await Daemon()
        let proxy = try CuttingProxy(before: daemon)
        defer { proxy.close() }
        let client = client(proxy)
        for (number, cut) in [CuttingProxy.Cut.call(afterBytes: 50), .answer(afterBytes: 0), .answer(afterBytes: 90)]
            .enumerated()
        {
            let email = "u\(number)@example.org"
            proxy.cutNext(cut)
            let user = try await client.register(
                email: email, password: password, idempotencyKey: "registration-\(number)")
            #expect(user.email == email && proxy.calls.count == 2)
            let pair = try await client.login(email: email, password: password)
            proxy.cutNext(.answer(afterBytes: 0))
            let ended = try await client.logoutAll(
                .accessToken(pair.accessToken), idempotencyKey: "end-of-all-\(number)")
            #expect(ended == 1 && proxy.calls.count == 2)
        }
        await client.close()
    }

    @Test("Trap 8: a refresh whose answer is cut is answered all the same, and its pair lives", .timeLimit(.minutes(5)))
    func refresh() async throws {
        let daemon = try await Daemon()
        let proxy = try CuttingProxy(before: daemon)
        defer { proxy.close() }
        let client = client(proxy)
        _ = try await client.register(email: "ada@example.org", password: password)
        var pair = try await client.login(email: "ada@example.org", password: password)
        // Every place in the first and the last bytes, some in the middle.
        for count in Array(0...40) + Array(stride(from: 41, to: 600, by: 37)) {
            proxy.cutNext(.answer(afterBytes: count))
            pair = try await client.refresh(pair.refreshToken)
            #expect(proxy.calls.count == 2, "after \(count) bytes")
        }
        proxy.cutNext(.call(afterBytes: 30))
        pair = try await client.refresh(pair.refreshToken)
        _ = try await client.verify(accessToken: pair.accessToken)
        await client.close()
    }

    @Test("Trap 6: a daemon that is started again and again is not noticed by its callers", .timeLimit(.minutes(5)))
    func restarts() async throws {
        let directory = try ScratchDirectory()
        var daemon = try await Daemon(in: directory)
        let client = daemon.client()
        _ = try await client.register(email: "ada@example.org", password: password)
        let pair = try await client.login(email: "ada@example.org", password: password)
        let callers = (0..<4).map { _ in Task { try await Self.verifyUntilCancelled(pair.accessToken, client) } }
        for _ in 0..<50 {
            #expect(await daemon.stop() == 0)
            daemon = try await Daemon(in: directory)
            _ = try await client.verify(accessToken: pair.accessToken)
        }
        for caller in callers { caller.cancel() }
        var verified = 0
        for caller in callers { verified += try await caller.value }
        #expect(verified > 0)
        await client.close()
        #expect(await daemon.stop() == 0)
    }

    /// How often a token was verified until the task was cancelled.
    private static func verifyUntilCancelled(_ token: Secret, _ client: AuthClient) async throws -> Int {
        var count = 0
        while !Task.isCancelled {
            do {
                _ = try await client.verify(accessToken: token)
                count += 1
            } catch {
                guard Task.isCancelled else { throw error }
            }
        }
        return count
    }
}
