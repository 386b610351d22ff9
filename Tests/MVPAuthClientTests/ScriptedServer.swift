import AuthAPI
import Foundation
import NIOCore
import NIOPosix
import StrictJSON
import Synchronization

/// A socket server that answers each line as a script says.
final class ScriptedServer: Sendable {
    /// What to do with a line.
    enum Step: Sendable {
        case reply(String)
        case replyLater(String, milliseconds: Int64)
        case hangUp
        case silence
    }

    typealias Script = @Sendable (_ call: Call) -> Step

    /// A line that a client sent.
    struct Call: Sendable {
        let id: Int?
        let method: String
        let json: JSON
        /// Which of the server's connections, from 1.
        let connection: Int

        func result(_ result: String) -> Step {
            .reply("{\"jsonrpc\":\"2.0\",\"id\":\(id ?? 0),\"result\":\(result)}\n")
        }

        func error(_ code: Int, _ name: String, executed: Bool, retryable: Bool = false) -> Step {
            .reply(
                "{\"jsonrpc\":\"2.0\",\"id\":\(id ?? 0),\"error\":{\"code\":\(code),\"message\":\"m\",\"data\":{\"code\":\"\(name)\",\"retryable\":\(retryable),\"executed\":\(executed)}}}\n"
            )
        }
    }

    static let hello = """
        {"protocol":1,"server":{"name":"s","version":"1"},"instance_id":"i","peer":{"uid":0,"gid":0,"app":"a","roles":[]},\
        "limits":{"line_bytes":1,"reply_bytes":1,"batch_calls":1,"nesting":1,"calls_in_flight":1},"capabilities":[],\
        "openrpc_sha256":""}
        """

    /// The answer to a ping.
    static let pong = (try? JSONEncoding.text(of: Ping.example.reply)).map { String(decoding: $0, as: UTF8.self) } ?? ""

    let path: String
    private let channel: any Channel
    private let log: Log

    /// Every line so far, hellos included.
    var calls: [Call] { log.calls.withLock { $0 } }
    var connections: Int { log.connections.load(ordering: .relaxed) }

    fileprivate final class Log: Sendable {
        let calls = Mutex<[Call]>([])
        let channels = Mutex<[any Channel]>([])
        let connections = Atomic(0)
    }

    /// - Parameters:
    ///   - greets: whether a hello is answered.
    ///   - backlog: how many may wait to be let in, which happens after `accept`; nil: everybody is let in.
    ///   - script: asked for every line but a hello.
    init(
        path: String? = nil, greets: Bool = true, backlog: Int32? = nil, _ script: @escaping Script
    ) async throws {
        let path = path ?? "/tmp/mvp-\(UUID().uuidString.prefix(13)).sock"
        self.path = path
        let log = Log()
        self.log = log
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: backlog ?? 128)
            .serverChannelOption(.autoRead, value: backlog == nil)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    log.channels.withLock { $0.append(channel) }
                    try channel.pipeline.syncOperations.addHandler(LineHandler(log, greets: greets, script))
                }
            }
            .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
    }

    /// Lets in whoever waits.
    func accept() async throws {
        try await channel.setOption(.autoRead, value: true).get()
    }

    func close() async {
        try? await channel.close()
        unlink(path)
    }

    /// Says something unasked, on every connection that is open.
    func push(_ line: String) {
        for channel in log.channels.withLock({ $0 }) {
            channel.writeAndFlush(ByteBuffer(string: line), promise: nil)
        }
    }

    /// Closes every connection, and takes new ones.
    func hangUp() async {
        for channel in log.channels.withLock({ $0 }) { try? await channel.close() }
    }

    private final class LineHandler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let log: Log
        private let greets: Bool
        private let script: Script
        private let connection: Int
        private var bytes: [UInt8] = []

        init(_ log: Log, greets: Bool, _ script: @escaping Script) {
            self.log = log
            self.greets = greets
            self.script = script
            connection = log.connections.wrappingAdd(1, ordering: .relaxed).newValue
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            bytes += unwrapInboundIn(data).readableBytesView
            while let end = bytes.firstIndex(of: 0x0A) {
                let line = Array(bytes[..<end])
                bytes.removeFirst(end + 1)
                var scanner = JSONScanner()
                guard let json = (try? scanner.scan(line)).flatMap({ try? JSON($0) }) else { continue }
                let call = Call(
                    id: json["id"]?.int, method: json["method"]?.string ?? "", json: json, connection: connection)
                log.calls.withLock { $0.append(call) }
                let greeting = greets ? call.result(ScriptedServer.hello) : .silence
                perform(call.method == "system.hello" ? greeting : script(call), context)
            }
        }

        private func perform(_ step: Step, _ context: ChannelHandlerContext) {
            let channel = context.channel
            switch step {
            case .reply(let line): channel.writeAndFlush(ByteBuffer(string: line), promise: nil)
            case .replyLater(let line, let milliseconds):
                context.eventLoop.scheduleTask(in: .milliseconds(milliseconds)) {
                    channel.writeAndFlush(ByteBuffer(string: line), promise: nil)
                }
            case .hangUp: channel.close(promise: nil)
            case .silence: break
            }
        }
    }
}
