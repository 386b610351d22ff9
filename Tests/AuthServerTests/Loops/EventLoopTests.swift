import Glibc
import Synchronization
import Testing

@testable import AuthServer

@Suite("Event loop", .timeLimit(.minutes(1)))
struct EventLoopTests {
    /// What was said on a loop, in its order.
    private final class Notes: Sendable {
        private let all = Mutex<[String]>([])
        func add(_ text: String) { all.withLock { $0.append(text) } }
        var texts: [String] { all.withLock { $0 } }
    }

    /// What was done on a loop, for whom, and on how many threads.
    private final class Done: Sendable {
        private let all = Mutex<(numbers: [Int: [Int]], threads: Set<UInt>)>(([:], []))

        func add(_ number: Int, of giver: Int) {
            all.withLock {
                $0.numbers[giver, default: []].append(number)
                $0.threads.insert(UInt(pthread_self()))
            }
        }

        var numbers: [Int: [Int]] { all.withLock { $0.numbers } }
        var threads: Int { all.withLock { $0.threads.count } }
    }

    /// Hears of a descriptor, and reads what is there.
    private final class Ear: LoopSource, @unchecked Sendable {
        // SAFETY: used on the loop only, once the loop watches for it.
        let descriptor: Int32
        let heard: (String) -> Void

        init(_ descriptor: Int32, _ heard: @escaping @Sendable (String) -> Void) {
            self.descriptor = descriptor
            self.heard = heard
        }

        func become(_ ready: Readiness) {
            var bytes = [UInt8](repeating: 0, count: 100)
            let count = ready.contains(.readable) ? read(descriptor, &bytes, bytes.count) : 0
            heard(count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : "gone")
        }
    }

    private func running(_ body: (EventLoop) async throws -> Void) async rethrows {
        let loop = EventLoop("test")
        loop.start()
        try await body(loop)
        await loop.stop()
    }

    private func onLoop(_ loop: EventLoop, _ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            loop.execute {
                body()
                continuation.resume()
            }
        }
    }

    @Test("what many threads give it is done, all on one thread, that of one thread in its order")
    func work() async {
        await running { loop in
            let done = Done()
            await withTaskGroup(of: Void.self) { group in
                for giver in 0..<8 {
                    group.addTask {
                        for number in 0..<500 { loop.execute { done.add(number, of: giver) } }
                    }
                }
            }
            await onLoop(loop) {}
            #expect(done.numbers == Dictionary(uniqueKeysWithValues: (0..<8).map { ($0, Array(0..<500)) }))
            #expect(done.threads == 1)
        }
    }

    @Test("timers and what is due at the end of a round come after the work; what is given meanwhile in the next round")
    func rounds() async {
        let notes = Notes()
        await running { loop in
            await withCheckedContinuation { continuation in
                loop.execute {
                    _ = loop.schedule(milliseconds: 20) {
                        notes.add("timer")
                        continuation.resume()
                    }
                    loop.execute { notes.add("next round") }
                    loop.atEndOfRound { notes.add("end") }
                    notes.add("work")
                }
            }
        }
        #expect(notes.texts == ["work", "end", "next round", "timer"])
    }

    @Test("it tells of descriptors as long as it is to, and of one that took the number of another only what is new")
    func descriptors() async {
        let notes = Notes()
        await running { loop in
            var ends: [Int32] = [-1, -1]
            #expect(pipe(&ends) == 0)
            let (reading, writing) = (ends[0], ends[1])
            await onLoop(loop) { loop.watch(reading, for: Ear(reading) { notes.add($0) }, .readable) }
            write(writing, "one", 3)
            while notes.texts.isEmpty { await onLoop(loop) {} }
            await onLoop(loop) { loop.change(reading, to: []) }
            write(writing, "two", 3)
            for _ in 0..<10 { await onLoop(loop) {} }
            #expect(notes.texts == ["one"])
            await onLoop(loop) { loop.change(reading, to: .readable) }
            while notes.texts.count < 2 { await onLoop(loop) {} }
            await onLoop(loop) { loop.forget(reading) }
            write(writing, "three", 5)
            for _ in 0..<10 { await onLoop(loop) {} }
            await onLoop(loop) { loop.watch(reading, for: Ear(reading) { notes.add("again " + $0) }, .readable) }
            while notes.texts.count < 3 { await onLoop(loop) {} }
            close(writing)
            while notes.texts.count < 4 { await onLoop(loop) {} }
            await onLoop(loop) {
                loop.forget(reading)
                close(reading)
            }
        }
        #expect(notes.texts.prefix(4) == ["one", "two", "again three", "again gone"])
    }

    @Test("a task runs on it between its waits; one that outlives it comes to its end all the same")
    func tasks() async {
        let loop = EventLoop("test")
        loop.start()
        let own = await Task(executorPreference: loop) { pthread_self() }.value
        let (entries, gate) = AsyncStream<Void>.makeStream()
        let task = Task(executorPreference: loop) {
            let before = pthread_self()
            for await _ in entries {}
            return before
        }
        await loop.stop()
        gate.finish()
        #expect(await task.value == own)
    }

    @Test("it does what it has been given before it stops, and nothing after that")
    func stopping() async {
        let notes = Notes()
        let loop = EventLoop("test")
        for number in 0..<100 { loop.execute { notes.add("\(number)") } }
        loop.start()
        await loop.stop()
        loop.execute { notes.add("late") }
        await loop.stop()
        #expect(notes.texts == (0..<100).map { "\($0)" })
    }
}
