import AuthAPI
import Foundation
import MVPAuth
import MVPAuthClient
import SQLiteStore
import Synchronization
import Testing

/// What was acknowledged is there after the daemon was killed; what was refused is not.
@Suite("Durability", .serialized)
struct DurabilityTests {
    private let password = Secret("correct horse battery")

    /// What one caller was told.
    private struct Entries: Sendable {
        var registered: Set<String> = []
        var refused: Set<String> = []
        /// The latest refresh token of a session, and the one before it.
        var chains: [(current: Secret, previous: Secret?)] = []
    }

    private final class Ledger: Sendable {
        let entries = Mutex(Entries())
    }

    @Test(
        "kill -9 under load loses nothing that was acknowledged, 8 times", .timeLimit(.minutes(2)),
        arguments: Backend.allCases)
    func killed(backend: Backend) async throws {
        let directory = try ScratchDirectory()
        let settings = try backend.settings()
        let ledger = Ledger()
        for round in 0..<8 {
            let daemon = try await Daemon(settings, in: directory)
            // A killed daemon does not come back: nobody waits for it.
            let client = daemon.client(patience: .milliseconds(100))
            await withTaskGroup(of: Void.self) { group in
                for caller in 0..<12 {
                    group.addTask { await work(round, caller, client, ledger) }
                }
                group.addTask {
                    try? await Task.sleep(for: .milliseconds(150 + 70 * round))
                    // However slow the machine is, something was done before each.
                    for _ in 0..<2000 where ledger.entries.withLock({ $0.registered.count < 8 * (round + 1) }) {
                        try? await Task.sleep(for: .milliseconds(5))
                    }
                    daemon.process.send(SIGKILL)
                }
            }
            _ = await daemon.process.ended()
            await client.close()
        }
        try await check(ledger.entries.withLock { $0 }, settings, in: directory)
        if backend == .sqlite {
            let store = try SQLiteStore(path: directory.path + "/state/auth.db")
            try await store.ping()
            await store.close()
        }
    }

    /// Registers, signs in and refreshes until the daemon is gone, and writes down what it was told.
    private func work(_ round: Int, _ caller: Int, _ client: AuthClient, _ ledger: Ledger) async {
        var count = 0
        while count < 10_000 {
            let email = "r\(round)c\(caller)n\(count)@example.org"
            count += 1
            do throws(AuthClientError) {
                _ = try await client.register(email: email, password: password)
                ledger.entries.withLock { _ = $0.registered.insert(email) }
                do throws(AuthClientError) {
                    _ = try await client.register(email: email.uppercased(), password: password)
                } catch {
                    if error.known == .userExists { ledger.entries.withLock { _ = $0.refused.insert(email) } }
                }
                var pair = try await client.login(email: email, password: password)
                var previous: Secret?
                let place = ledger.entries.withLock { entries in
                    entries.chains.append((pair.refreshToken, nil))
                    return entries.chains.count - 1
                }
                for _ in 0..<3 {
                    let next = try await client.refresh(pair.refreshToken)
                    previous = pair.refreshToken
                    pair = next
                    ledger.entries.withLock { $0.chains[place] = (pair.refreshToken, previous) }
                }
            } catch {
                if !error.isRetryable, error.known != .userExists { return }
                if error.code == AuthClientError.unavailableCode { return }
            }
        }
    }

    private func check(
        _ ledger: Entries, _ settings: [String: String], in directory: ScratchDirectory
    ) async throws {
        #expect(ledger.registered.count > 50, "too little was done to prove anything")
        let daemon = try await Daemon(settings, in: directory)
        let client = daemon.client()
        for email in ledger.registered {
            do {
                _ = try await client.login(email: email, password: password)
            } catch {
                Issue.record("\(email) was acknowledged and cannot sign in: \(error)")
            }
        }
        for chain in ledger.chains {
            do {
                _ = try await client.refresh(chain.current)
            } catch {
                // The reply to a later refresh may have been lost: then this one was used, which is what it says.
                #expect(error.known == .tokenReuse || error.known == .tokenRevoked, "\(error)")
            }
            if let previous = chain.previous {
                await #expect(throws: AuthClientError.self) { _ = try await client.refresh(previous) }
            }
        }
        await client.close()
        #expect(await daemon.stop() == 0)
    }

    @Test(
        "a reuse that was answered is committed: killed at once, everything stays revoked", .timeLimit(.minutes(2)),
        arguments: Backend.allCases)
    func reuseIsDurable(backend: Backend) async throws {
        let directory = try ScratchDirectory()
        let settings = try backend.settings()
        for round in 0..<6 {
            let daemon = try await Daemon(settings, in: directory)
            let client = daemon.client()
            let email = "u\(round)@example.org"
            _ = try await client.register(email: email, password: password)
            let one = try await client.login(email: email, password: password)
            let two = try await client.login(email: email, password: password)
            _ = try await client.refresh(one.refreshToken)
            await #expect(throws: AuthClientError.self) { _ = try await client.refresh(one.refreshToken) }
            daemon.process.send(SIGKILL)
            _ = await daemon.process.ended()
            await client.close()
            let next = try await Daemon(settings, in: directory)
            let again = next.client()
            do {
                _ = try await again.currentUser(.accessToken(two.accessToken))
                Issue.record("a revoked access token lives after a restart")
            } catch {
                #expect(error.known == .tokenRevoked)
            }
            await again.close()
            await next.stop()
        }
    }

    @Test(
        "a refresh whose answer was lost is given again, also by a daemon that was killed in between",
        arguments: Backend.allCases)
    func lostReply(backend: Backend) async throws {
        let directory = try ScratchDirectory()
        let settings = try backend.settings()
        let first = try await Daemon(settings, in: directory)
        let client = first.client()
        _ = try await client.register(email: "ada@example.org", password: password)
        let pair = try await client.login(email: "ada@example.org", password: password)
        let call = Refresh(refreshToken: pair.refreshToken)
        let lost = try await client.call(call, idempotencyKey: "the same key")
        first.process.send(SIGKILL)
        _ = await first.process.ended()
        await client.close()
        let second = try await Daemon(settings, in: directory)
        let again = second.client()
        let given = try await again.call(call, idempotencyKey: "the same key")
        #expect(given.refreshToken.reveal() == lost.refreshToken.reveal())
        #expect(given.accessToken.reveal() == lost.accessToken.reveal())
        _ = try await again.logout(accessToken: given.accessToken)
        do {
            _ = try await again.call(call, idempotencyKey: "the same key")
            Issue.record("a session's end did not end its replays")
        } catch {
            #expect(error.known == .tokenRevoked)
        }
        await again.close()
    }

    @Test("of 50 concurrent refreshes over the socket one wins, 40 times")
    func race() async throws {
        let daemon = try await Daemon()
        let client = daemon.client()
        _ = try await client.register(email: "ada@example.org", password: password)
        for _ in 0..<40 {
            let pair = try await client.login(email: "ada@example.org", password: password)
            let codes = await withTaskGroup(of: String.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        do throws(AuthClientError) {
                            _ = try await client.refresh(pair.refreshToken)
                            return "won"
                        } catch {
                            return error.code
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.count { $0 == "won" } == 1)
            #expect(codes.allSatisfy { ["won", "TOKEN_REUSE", "TOKEN_REVOKED"].contains($0) }, "\(Set(codes))")
        }
        await client.close()
    }
}
