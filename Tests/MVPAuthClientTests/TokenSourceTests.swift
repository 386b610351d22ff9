import AuthAPI
import Foundation
import MVPAuth
import StrictJSON
import Synchronization
import Testing

@testable import MVPAuthClient

/// Time is a number here: no test waits for it, and none looks at the host's clock.
@Suite("A source of tokens")
struct TokenSourceTests {
    private let first = TokenPair(accessToken: Secret("a0"), refreshToken: Secret("r0"), expiresIn: 900)

    /// A daemon that gives a0, r0 → a1, r1 → a2, r2 …
    private func server(
        _ answer: @escaping @Sendable (_ attempt: Int, _ call: ScriptedServer.Call) -> ScriptedServer.Step? = { _, _ in
            nil
        }
    ) async throws -> ScriptedServer {
        let attempts = Count()
        return try await ScriptedServer { call in
            let attempt = attempts.next()
            if let step = answer(attempt, call) { return step }
            let old = Int(call.json["params"]?["refresh_token"]?.string?.dropFirst() ?? "") ?? -100
            return call.result(Self.pair(old + 1))
        }
    }

    private static func pair(_ number: Int) -> String {
        "{\"access_token\":\"a\(number)\",\"refresh_token\":\"r\(number)\",\"token_type\":\"bearer\",\"expires_in\":900}"
    }

    private func client(_ server: ScriptedServer) -> AuthClient {
        var configuration = AuthClient.Configuration()
        configuration.socket = server.path
        return AuthClient(configuration)
    }

    private func refreshes(_ server: ScriptedServer) -> [ScriptedServer.Call] {
        server.calls.filter { $0.method == "auth.refresh" }
    }

    @Test("refreshes when four fifths of the token's time have passed, or a little earlier")
    func due() async throws {
        let server = try await server()
        let client = client(server)
        let time = ManualTime()
        let source = TokenSource(client, first, .init()) { time.now }
        time.now = .seconds(629)
        #expect(try await source.accessToken().reveal() == "a0" && refreshes(server).isEmpty)
        time.now = .seconds(721)
        #expect(try await source.accessToken().reveal() == "a1")
        time.now = .seconds(721 + 629)
        #expect(try await source.accessToken().reveal() == "a1" && refreshes(server).count == 1)
        time.now = .seconds(721 + 721)
        #expect(try await source.accessToken().reveal() == "a2" && source.pair.refreshToken.reveal() == "r2")
        await client.close()
        await server.close()
    }

    @Test(
        "Trap 22: a wall clock that is an hour wrong, here or at the daemon, changes nothing",
        arguments: [-3600.0, 3600])
    func wallClock(_ step: Double) async throws {
        // Fresh by the daemon's word, and by its claims an hour too old, or good for an hour after it has expired.
        let expiry = Int(Date().timeIntervalSince1970 + 900 + step)
        let claims = Data("{\"iat\":\(expiry - 900),\"exp\":\(expiry)}".utf8).base64EncodedString()
        let token = Secret("eyJhbGciOiJFZERTQSJ9.\(claims.prefix { $0 != "=" }).c2lnbmF0dXJl")
        let server = try await server()
        let client = client(server)
        let pair = TokenPair(accessToken: token, refreshToken: Secret("r0"), expiresIn: 900)
        #expect(try await TokenSource(client, pair).accessToken().reveal() == token.reveal())
        let time = ManualTime()
        let source = TokenSource(client, pair, .init()) { time.now }
        time.now = .seconds(629)
        #expect(try await source.accessToken().reveal() == token.reveal() && refreshes(server).isEmpty)
        time.now = .seconds(721)
        #expect(try await source.accessToken().reveal() == "a1")
        await client.close()
        await server.close()
    }

    @Test("a pair whose age nobody knows is refreshed before it is used")
    func unknownAge() async throws {
        let server = try await server()
        let client = client(server)
        #expect(try await TokenSource(client, first, .init(age: nil)).accessToken().reveal() == "a1")
        #expect(try await TokenSource(client, first, .init(age: .seconds(100))).accessToken().reveal() == "a0")
        await client.close()
        await server.close()
    }

    @Test("Trap 9: fifty who ask share one refresh, which goes on without the first", .timeLimit(.minutes(1)))
    func singleFlight() async throws {
        let server = try await server()
        let client = client(server)
        let gate = Gate()
        let source = TokenSource(client, first, .init(age: nil, onUpdate: { _ in await gate.passed() }))
        let begun = Task { try await source.accessToken().reveal() }
        while refreshes(server).isEmpty { try await Task.sleep(for: .milliseconds(1)) }
        let others = (1..<50).map { _ in Task { try await source.accessToken().reveal() } }
        begun.cancel()
        await #expect(throws: AuthClientError.local(.cancelled, executed: false)) { try await begun.value }
        gate.open()
        for task in others { #expect(try await task.value == "a1") }
        #expect(refreshes(server).count == 1)
        await client.close()
        await server.close()
    }

    @Test("a refresh whose last waiter has left is saved all the same", .timeLimit(.minutes(1)))
    func abandoned() async throws {
        let server = try await server()
        let client = client(server)
        let gate = Gate()
        let saved = Log<String>()
        let source = TokenSource(
            client, first,
            .init(age: nil) { pair in
                await gate.passed()
                saved.add(pair.refreshToken.reveal())
            })
        let task = Task { try await source.accessToken() }
        while refreshes(server).isEmpty { try await Task.sleep(for: .milliseconds(1)) }
        task.cancel()
        await #expect(throws: AuthClientError.self) { try await task.value }
        #expect(saved.all.isEmpty)
        gate.open()
        await source.finish()
        #expect(saved.all == ["r1"] && source.pair.accessToken.reveal() == "a1")
        await source.finish()
        #expect(refreshes(server).count == 1, "where nothing is under way, nothing begins")
        await client.close()
        await server.close()
    }

    @Test("nobody gets a token that is not saved; saving is tried again, refreshing is not")
    func saving() async throws {
        struct DiskFull: Error {}
        let server = try await server()
        let client = client(server)
        let attempts = Count()
        let source = TokenSource(
            client, first, .init(age: nil) { _ in if attempts.next() <= 2 { throw DiskFull() } })
        for _ in 0..<2 { await #expect(throws: DiskFull.self) { try await source.accessToken() } }
        #expect(try await source.accessToken().reveal() == "a1")
        #expect(try await source.accessToken().reveal() == "a1")
        #expect(refreshes(server).count == 1 && attempts.value == 3)
        await client.close()
        await server.close()
    }

    @Test("what fails for a while leaves the old token in use until it has expired, and is not tried at every call")
    func transient() async throws {
        let server = try await server { attempt, call in
            attempt <= 2 ? call.error(-32010, "STORAGE_UNAVAILABLE", executed: false) : nil
        }
        let client = client(server)
        let time = ManualTime()
        let source = TokenSource(client, first, .init()) { time.now }
        time.now = .seconds(800)
        for _ in 0..<20 { #expect(try await source.accessToken().reveal() == "a0") }
        #expect(refreshes(server).count == 1)
        time.now = .seconds(901)
        do {
            _ = try await source.accessToken()
            Issue.record("the token has expired, and yet")
        } catch let error as AuthClientError {
            #expect(error.known == .storageUnavailable)
        }
        #expect(!source.isLost)
        #expect(try await source.accessToken().reveal() == "a1")
        let keys = refreshes(server).compactMap { $0.json["meta"]?["idempotency_key"]?.string }
        #expect(keys.count == 3 && Set(keys).count == 1, "one key for a refresh token, over all attempts")
        await client.close()
        await server.close()
    }

    @Test(
        "the end of the session is said once, and nobody is asked again",
        arguments: [AuthError.Code.tokenReuse, .tokenRevoked, .tokenExpired, .tokenInvalid, .userInactive])
    func lost(_ code: AuthError.Code) async throws {
        let server = try await server { _, call in call.error(code.number, code.rawValue, executed: false) }
        let client = client(server)
        let told = Log<String>()
        let time = ManualTime()
        let source = TokenSource(client, first, .init(onLost: { told.add($0.code) })) { time.now }
        time.now = .seconds(800)
        for _ in 0..<5 {
            do {
                _ = try await source.accessToken()
                Issue.record("the session is over, and yet")
            } catch let error as AuthClientError {
                #expect(error.known == code)
            }
        }
        #expect(source.isLost && told.all == [code.rawValue] && refreshes(server).count == 1)
        await client.close()
        await server.close()
    }

    @Test("a token that was refused is never given again; many who were refused it cause one refresh")
    func refused() async throws {
        let server = try await server { attempt, call in
            attempt == 1 ? call.error(-32010, "STORAGE_UNAVAILABLE", executed: false) : nil
        }
        let client = client(server)
        let source = TokenSource(client, first)
        await #expect(throws: AuthClientError.self) { try await source.accessToken(insteadOf: Secret("a0")) }
        for _ in 0..<10 { #expect(try await source.accessToken(insteadOf: Secret("a0")).reveal() == "a1") }
        #expect(refreshes(server).count == 2)
        await client.close()
        await server.close()
    }

    @Test("processes that share a pair refresh it once: the others take what is stored", .timeLimit(.minutes(1)))
    func sharing() async throws {
        let now = SystemTime().now().seconds
        let server = try await server { _, call in
            guard call.method == "token.verify" else { return nil }
            let user = UserID.random(from: SystemEntropy())
            return call.result(
                "{\"sub\":\"\(user)\",\"jti\":\"j\",\"type\":\"access\",\"iat\":\(now),\"exp\":\(now + 900)}")
        }
        let client = client(server)
        let store = PairStore(first)
        let sources = (0..<8).map { _ in
            TokenSource(
                client, first,
                .init(
                    age: nil, onUpdate: { store.save($0) },
                    sharing: .init(
                        lock: { body in
                            await store.lock()
                            defer { store.unlock() }
                            try await body()
                        }, load: { store.pair })))
        }
        try await withThrowingTaskGroup(of: String.self) { group in
            for source in sources { group.addTask { try await source.accessToken().reveal() } }
            for try await token in group { #expect(token == "a1") }
        }
        #expect(refreshes(server).count == 1 && store.pair.refreshToken.reveal() == "r1")
        for source in sources { #expect(try await source.accessToken().reveal() == "a1") }
        #expect(refreshes(server).count == 1 && server.calls.count { $0.method == "token.verify" } == 7)
        await client.close()
        await server.close()
    }
}

private final class ManualTime: Sendable {
    private let elapsed = Mutex(Duration.zero)

    var now: Duration {
        get { elapsed.withLock { $0 } }
        set { elapsed.withLock { $0 = newValue } }
    }
}

private final class Count: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .relaxed) }

    func next() -> Int { count.wrappingAdd(1, ordering: .relaxed).newValue }
}

private final class Log<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    var all: [Element] { elements.withLock { $0 } }

    func add(_ element: Element) { elements.withLock { $0.append(element) } }
}

/// Lets nobody pass until it is opened.
private final class Gate: Sendable {
    private let stream: AsyncStream<Void>
    private let end: AsyncStream<Void>.Continuation

    init() { (stream, end) = AsyncStream.makeStream() }

    func open() { end.finish() }

    func passed() async { for await _ in stream {} }
}

/// What several processes keep, and the lock they have in common.
private final class PairStore: Sendable {
    private let stored: Mutex<TokenPair>
    private let isLocked = Mutex(false)

    init(_ pair: TokenPair) { stored = Mutex(pair) }

    var pair: TokenPair { stored.withLock { $0 } }

    func save(_ pair: TokenPair) { stored.withLock { $0 = pair } }

    func lock() async {
        while isLocked.withLock({ wasLocked in
            defer { wasLocked = true }
            return wasLocked
        }) {
            await Task.yield()
        }
    }

    func unlock() { isLocked.withLock { $0 = false } }
}
