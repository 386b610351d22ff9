import AuthAPI
import AuthTesting
import Logging
import MVPAuth
import Synchronization
import Testing

@testable import AuthServer

@Suite("Counting calls")
struct CallMeterTests {
    private let ping = authAPI.methods.firstIndex { $0 == Ping.self } ?? 0

    private func method(_ meter: CallMeter) -> CallMeter.Reading.Method { meter.reading.methods[ping] }

    @Test("Nothing is lost, however many threads count, each in its part or all in one")
    func exact() async {
        let meter = CallMeter(parts: 3)
        await withTaskGroup(of: Void.self) { tasks in
            for task in 0..<8 {
                tasks.addTask {
                    for number in 0..<10_000 {
                        if number % 10 == 0 {
                            meter.count(ping, .rateLimited, by: task)
                        } else {
                            meter.countKnown(ping, by: task)
                        }
                        meter.note(ping, nanoseconds: 20_000, by: task)
                    }
                }
            }
        }
        let method = method(meter)
        #expect(method.succeeded == 72_000 && method.calls == 80_000)
        #expect(method.errors.map(\.code) == [.rateLimited] && method.errors.map(\.count) == [8000])
        #expect(method.times.total == 80_000 && method.times.sum == 80_000 * 20_000)
        #expect(method.times.counts[1] == 80_000)
    }

    @Test("Whatever is called, there are as many series as methods and errors")
    func bounded() {
        let meter = CallMeter(parts: 1)
        for _ in 0..<100 { meter.count(nil, .methodNotFound, by: 0) }
        meter.count(nil, .parseError, by: 7)
        let reading = meter.reading
        #expect(reading.methods.map(\.name) == authAPI.methods.map { $0.spec.name })
        #expect(reading.methods.allSatisfy { $0.calls == 0 })
        #expect(reading.unknown.reduce(0) { $0 + $1.count } == 101 && reading.unknown.count == 2)
        #expect(reading.errors.first { $0.code == .methodNotFound }?.count == 100)
    }

    @Test("One answer from memory in so many is timed, and stands for all of them")
    func sampling() {
        let meter = CallMeter(parts: 1)
        for _ in 0..<(CallMeter.sampling * 10) where meter.isSampled(by: 0) {
            meter.noteSample(of: ping, nanoseconds: 5000, by: 0)
        }
        #expect(method(meter).times.total == CallMeter.sampling * 10)
        #expect(method(meter).times.sum == CallMeter.sampling * 10 * 5000)
    }
}

@Suite("The log of slow calls")
struct SlowCallLogTests {
    private final class Lines: Sendable {
        let all = Mutex<[(text: String, metadata: Logger.Metadata)]>([])
    }

    private struct Handler: LogHandler {
        let lines: Lines
        var logLevel = Logger.Level.info
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.all.withLock { $0.append((event.message.description, event.metadata ?? [:])) }
        }
    }

    private func call(_ number: Int) -> SlowCall {
        SlowCall(
            method: "auth.login",
            origin: RequestOrigin(app: "shop", uid: 7, RequestOrigin.Number(process: "r", call: UInt64(number))),
            outcome: .invalidCredentials, trace: nil, nanoseconds: 1_900_000_000, waited: 1_500_000_000)
    }

    @Test("A line says what was called by whom, what it waited for and what it took; of a flood only a few are written")
    func flood() throws {
        let lines = Lines()
        let clock = ManualTime()
        let log = SlowCallLog(
            Logger(label: "test") { _ in Handler(lines: lines) },
            budget: RateBudget(perSecond: 2, burst: 5, time: clock))
        for number in 0..<1000 { log.note(call(number)) }
        #expect(lines.all.withLock { $0.count } == 5)
        clock.advance(1)
        log.note(call(1000))
        let all = lines.all.withLock { $0 }
        #expect(all.count == 6 && all[5].metadata["omitted"] == "995" && all[0].metadata["omitted"] == nil)
        let first = all[0]
        #expect(first.text == "a call was slow")
        #expect(
            first.metadata == [
                "method": "auth.login", "app": "shop", "uid": "7", "request_id": "r-0", "queue_ms": "1500",
                "work_ms": "400", "code": "INVALID_CREDENTIALS",
            ])
    }

    @Test("A call that hashes has a bound of its own, and 0 is none")
    func bounds() {
        let bounds = SlowCallBounds(ordinaryMilliseconds: 1000, hashingMilliseconds: 5000)
        #expect(!bounds.isSlow(.store, nanoseconds: 1_000_000_000) && bounds.isSlow(.store, nanoseconds: 1_000_000_001))
        #expect(!bounds.isSlow(.hashing, nanoseconds: 5_000_000_000))
        #expect(bounds.isSlow(.hashing, nanoseconds: 5_000_000_001))
        let never = SlowCallBounds(ordinaryMilliseconds: 0, hashingMilliseconds: 0)
        #expect(!never.isSlow(.store, nanoseconds: .max) && !never.isSlow(.hashing, nanoseconds: .max))
    }
}

@Suite("Numbers that the store is read for")
struct StoreGaugeTests {
    private final class Count: Sendable {
        let value = Atomic(0)
    }

    @Test("All who ask meanwhile share one count, and it holds for a while")
    func shared() async throws {
        let gauge = StoreGauge<Int>(validity: .seconds(3600))
        let counts = Count()
        let values = await withTaskGroup(of: Int?.self) { tasks in
            for _ in 0..<20 {
                tasks.addTask {
                    try? await gauge.value { () async throws(AuthError) in
                        counts.value.wrappingAdd(1, ordering: .relaxed)
                        return 42
                    }
                }
            }
            return await tasks.reduce(into: [Int?]()) { $0.append($1) }
        }
        #expect(values.allSatisfy { $0 == 42 } && counts.value.load(ordering: .relaxed) == 1)
    }

    @Test("Whoever does not wait has nothing, and what was counted meanwhile is there for the next")
    func impatient() async throws {
        let gauge = StoreGauge<Int>(validity: .seconds(3600))
        let (stream, gate) = AsyncStream<Void>.makeStream()
        let count: StoreGauge<Int>.Count = { () async throws(AuthError) in
            for await _ in stream { break }
            return 7
        }
        #expect(await gauge.value(within: .milliseconds(20), counting: count) == nil)
        gate.yield()
        #expect(try await gauge.value(counting: count) == 7)
        #expect(await gauge.value(within: .seconds(60), counting: count) == 7)
    }

    @Test("A count that fails is no count")
    func failing() async {
        let gauge = StoreGauge<Int>(validity: .seconds(3600))
        let value = await gauge.value(within: .seconds(60)) { () async throws(AuthError) in
            throw AuthError(.storageUnavailable)
        }
        #expect(value == nil)
    }
}
