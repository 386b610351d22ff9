internal import AuthAPI
internal import JSONRPC
internal import MVPAuth
internal import NIOCore

/// The buffers that connections of one event loop share: an idle connection holds none of its own.
final class LoopResource {
    var parser: RequestParser
    var writer = ResponseWriter(reserving: 4096)
    private var kept: (version: Int, system: AuthSystem)?
    private let executor: LoopExecutor

    init(limits: Limits, loop: any EventLoop) {
        executor = LoopExecutor(loop)
        var parserLimits = RequestParser.Limits()
        parserLimits.depth = limits.nesting
        parserLimits.batch = limits.batchCalls
        parser = RequestParser(limits: parserLimits)
    }

    /// Where calls that suspend run between their waits: here, as long as that keeps nobody else waiting.
    func executor(for system: AuthSystem) -> LoopExecutor? {
        system.signsQuickly ? executor : nil
    }

    /// The auth system that is configured now, kept at hand.
    func system(of server: ServerState) -> AuthSystem {
        let version = server.version.load(ordering: .acquiring)
        if let kept, kept.version == version { return kept.system }
        let system = server.system
        kept = (version, system)
        return system
    }
}

/// One `LoopResource` for each event loop, used on that loop only.
struct LoopResources: Sendable {
    private let byLoop: [ObjectIdentifier: NIOLoopBoundBox<LoopResource>]

    init(group: any EventLoopGroup, limits: Limits) {
        var byLoop: [ObjectIdentifier: NIOLoopBoundBox<LoopResource>] = [:]
        for loop in group.makeIterator() {
            byLoop[ObjectIdentifier(loop)] = .makeBoxSendingValue(
                LoopResource(limits: limits, loop: loop), eventLoop: loop)
        }
        self.byLoop = byLoop
    }

    /// To be called on the loop.
    subscript(loop: any EventLoop) -> LoopResource {
        guard let resource = byLoop[ObjectIdentifier(loop)] else { preconditionFailure("a loop of another group") }
        return resource.value
    }
}
