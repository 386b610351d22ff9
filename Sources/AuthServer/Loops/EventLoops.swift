internal import Synchronization

/// The event loops of a daemon, with what the connections of each share. A connection lives on one of them.
final class EventLoops: Sendable {
    let all: [LoopResource]
    private let taken = Atomic(0)

    /// Starts so many threads.
    init(count: Int) {
        all = (0..<count).map { LoopResource(loop: EventLoop("loop-\($0)"), counter: $0) }
        for resource in all { resource.loop.start() }
    }

    /// Each in turn.
    func next() -> LoopResource {
        all[taken.wrappingAdd(1, ordering: .relaxed).oldValue % all.count]
    }

    /// Ends them when what they have been given is done.
    func stop() async {
        for resource in all { await resource.loop.stop() }
    }
}
