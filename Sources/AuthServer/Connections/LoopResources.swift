internal import AuthAPI
internal import JSONRPC
internal import MVPAuth
internal import NIOCore

/// The buffers that connections of one event loop share: an idle connection holds none of its own.
final class LoopResource {
    // Touched on the loop only; nothing that parses a line or writes an answer does either again within itself.
    @exclusivity(unchecked) var parser = RequestParser()
    @exclusivity(unchecked) var writer = ResponseWriter(reserving: 4096)
    @exclusivity(unchecked) private var kept: (version: Int, system: AuthSystem)?
    private let executor: LoopExecutor
    let turns: LoopTurns
    /// Which part of the counters of calls is this loop's.
    let counter: Int

    init(loop: any EventLoop, turns: LoopTurns, counter: Int) {
        self.turns = turns
        self.counter = counter
        executor = LoopExecutor(loop)
    }

    /// Where calls that suspend run between their waits: here, as long as that keeps nobody else waiting.
    func executor(for system: AuthSystem) -> LoopExecutor? {
        system.signsQuickly ? executor : nil
    }

    /// The auth system that is configured now, kept at hand. The parser keeps the limits that are configured beside it.
    func system(of server: ServerState) -> AuthSystem {
        let version = server.version.load(ordering: .acquiring)
        if let kept, kept.version == version { return kept.system }
        let configuration = server.configuration
        kept = (version, configuration.system)
        parser = RequestParser(limits: RequestParser.Limits(configuration.limits))
        return configuration.system
    }
}

/// One `LoopResource` for each event loop, used on that loop only.
struct LoopResources: Sendable {
    private let byLoop: [ObjectIdentifier: NIOLoopBoundBox<LoopResource>]

    init(group: any EventLoopGroup) async throws {
        var byLoop: [ObjectIdentifier: NIOLoopBoundBox<LoopResource>] = [:]
        for (index, loop) in group.makeIterator().enumerated() {
            let turns = try await LoopTurns.start(on: loop)
            byLoop[ObjectIdentifier(loop)] = try await loop.submit {
                NIOLoopBoundBox(LoopResource(loop: loop, turns: turns.value, counter: index), eventLoop: loop)
            }.get()
        }
        self.byLoop = byLoop
    }

    /// To be called on the loop.
    subscript(loop: any EventLoop) -> LoopResource {
        guard let resource = byLoop[ObjectIdentifier(loop)] else { preconditionFailure("a loop of another group") }
        return resource.value
    }
}

extension RequestParser.Limits {
    init(_ limits: Limits) {
        self.init()
        depth = limits.nesting
        batch = limits.batchCalls
        id = limits.idBytes
        method = limits.methodBytes
    }
}
