internal import AuthAPI
internal import JSONRPC
internal import MVPAuth

/// The buffers that connections of one event loop share: an idle connection holds none of its own.
final class LoopResource: @unchecked Sendable {
    // SAFETY: all that changes is used on the loop only. Nothing that parses a line or writes an answer does either
    // again within itself.
    @exclusivity(unchecked) var parser = RequestParser()
    @exclusivity(unchecked) var writer = ResponseWriter(reserving: 4096)
    @exclusivity(unchecked) private var kept: (version: Int, system: AuthSystem)?
    /// Where what a socket says is read to. It is dealt with, kept by its connection and overwritten, before another
    /// socket is read.
    let input = UnsafeMutableRawBufferPointer.allocate(byteCount: ConnectionHandler.readBytes.upperBound, alignment: 16)
    let loop: EventLoop
    let turns: LoopTurns
    /// Which part of the counters of calls is this loop's.
    let counter: Int

    /// - Parameter loop: has not been started yet.
    init(loop: EventLoop, counter: Int) {
        self.loop = loop
        turns = LoopTurns(of: loop)
        self.counter = counter
    }

    deinit { input.deallocate() }

    /// Where calls that suspend run between their waits: here, as long as that keeps nobody else waiting.
    func executor(for system: AuthSystem) -> EventLoop? { system.signsQuickly ? loop : nil }

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

extension RequestParser.Limits {
    init(_ limits: Limits) {
        self.init()
        depth = limits.nesting
        batch = limits.batchCalls
        id = limits.idBytes
        method = limits.methodBytes
    }
}
