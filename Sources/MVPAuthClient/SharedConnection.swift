internal import AuthAPI
internal import CLinux
internal import Glibc
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// The one connection: made when it is first wanted, and again when it was lost. Never two at a time.
final class SharedConnection: Sendable {
    private enum State {
        case idle
        case connecting(EventLoopFuture<Connection>)
        case connected(Connection)
        case closed
    }

    /// Where the calls of this connection that hash wait for one another.
    let hashing: HashingQueue
    /// Where the socket may be; the first that exists is taken, anew for every connection.
    private let paths: [String]
    private let group: any EventLoopGroup
    private let hello: Hello
    private let daemonUser: UInt32?
    private let onWarning: (@Sendable (String) -> Void)?
    private let onNotification: ReplyHandler.NotificationHandler?
    private let state = Mutex(State.idle)

    /// - Parameter onNotification: called with everything that the daemon says unasked, on an event loop.
    init(
        paths: [String], group: any EventLoopGroup, hello: Hello, daemonUser: UInt32?,
        onWarning: (@Sendable (String) -> Void)? = nil, onNotification: ReplyHandler.NotificationHandler? = nil
    ) {
        self.paths = paths
        self.group = group
        self.hello = hello
        self.daemonUser = daemonUser
        self.onWarning = onWarning
        self.onNotification = onNotification
        hashing = HashingQueue(group: group)
    }

    /// The connection, once the daemon has answered its hello. A daemon that is away is waited for until the deadline;
    /// what waiting does not help fails at once. Nothing has been executed in any of that.
    func connection(by deadline: NIODeadline) async throws(AuthClientError) -> Connection {
        var failures = 0
        while true {
            do throws(AuthClientError) {
                return try await attempt(by: deadline)
            } catch {
                let pause = RetryPolicy.pause(after: failures)
                guard error.isRetryable, !isClosed, NIODeadline.now() + .milliseconds(Int64(pause)) < deadline else {
                    throw error
                }
                failures += 1
                do {
                    try await Task.sleep(for: .milliseconds(pause))
                } catch {
                    throw AuthClientError.local(.cancelled, executed: false)
                }
            }
        }
    }

    /// The first socket that exists; where the package puts it when none does.
    private var path: String { SocketPath.first(of: paths) }

    private var isClosed: Bool {
        state.withLock { if case .closed = $0 { true } else { false } }
    }

    /// One attempt, or a part in another caller's, which goes on without a caller that is cancelled.
    private func attempt(by deadline: NIODeadline) async throws(AuthClientError) -> Connection {
        let future: EventLoopFuture<Connection>
        switch current(by: deadline) {
        case .connected(let connection): return connection
        case .closed: throw .unavailable("The client has been closed.")
        case .connecting(let attempt): future = attempt
        case .idle: throw .unavailable("The client is not connected.")
        }
        let mine = future.eventLoop.makePromise(of: Connection.self)
        future.cascade(to: mine)
        let timer = future.eventLoop.scheduleTask(deadline: deadline) {
            mine.fail(AuthClientError.unavailable("The daemon did not answer in time at \(self.path)."))
        }
        defer { timer.cancel() }
        do {
            return try await withTaskCancellationHandler {
                try await mine.futureResult.get()
            } onCancel: {
                mine.fail(AuthClientError.local(.cancelled, executed: false))
            }
        } catch let error as AuthClientError {
            throw error
        } catch {
            throw .unreachable(error, at: path, searched: paths)
        }
    }

    func close() async {
        let last = state.withLock { state in
            defer { state = .closed }
            return state
        }
        switch last {
        case .connected(let connection): await connection.close()
        case .connecting(let future): if let connection = try? await future.get() { await connection.close() }
        case .idle, .closed: break
        }
    }

    /// The state, after a connection attempt was begun if one is needed.
    private func current(by deadline: NIODeadline) -> State {
        let promise = group.next().makePromise(of: Connection.self)
        let (now, isNew) = state.withLock { state -> (State, Bool) in
            guard case .idle = state else { return (state, false) }
            state = .connecting(promise.futureResult)
            return (state, true)
        }
        if isNew {
            connect(by: deadline).cascade(to: promise)
        } else {
            promise.fail(AuthClientError.unavailable(""))
        }
        return now
    }

    private func connect(by deadline: NIODeadline) -> EventLoopFuture<Connection> {
        let remaining = max(.milliseconds(1), deadline - .now())
        let path = path
        let loop = group.next()
        return ClientBootstrap(group: loop)
            .connectTimeout(min(remaining, .seconds(5)))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        ReplyHandler(onNotification: self.onNotification) { [weak self] in self?.retire(channel) })
                }
            }
            .connect(unixDomainSocketPath: path)
            .flatMapErrorThrowing { [paths] in throw AuthClientError.unreachable($0, at: path, searched: paths) }
            .flatMap { channel in
                self.check(channel, at: path).flatMapThrowing { () throws -> Connection in
                    OpenDirectory.warn(of: path, self.onWarning)
                    return Connection(
                        channel: channel, handler: try channel.pipeline.syncOperations.handler(type: ReplyHandler.self))
                }
                .flatMapErrorThrowing { error in
                    channel.close(promise: nil)
                    throw error
                }
            }
            .flatMap { connection in
                loop.makeFutureWithTask {
                    let reply = try await connection.exchange(Hello.spec.name, self.hello, deadline: deadline)
                    if let calls = reply["limits"]?["calls_in_flight"]?.int(allowingIntegralFloat: true) {
                        self.hashing.adjust(toCallsInFlight: calls)
                    }
                    return connection
                }
                .flatMapErrorThrowing { error in
                    connection.channel.close(promise: nil)
                    throw (error as? AuthClientError).map(self.beforeCall) ?? error
                }
            }
            .always { self.settle($0) }
    }

    /// An error of the hello, as an error of the call that waits for it: that one was not sent.
    private func beforeCall(_ error: AuthClientError) -> AuthClientError {
        guard error.number != 0 && error.known != .deadlineExceeded && error.known != .cancelled else {
            // It says nothing to whom it does not let in.
            return .unavailable(
                error.code == AuthClientError.connectionLostCode
                    ? "The daemon at \(path) has closed the connection: it is stopping, or this user is not let in."
                    : "The daemon at \(path) does not answer.")
        }
        var error = error
        error.executed = false
        return error
    }

    /// Refuses a socket that somebody else has put in the daemon's place.
    private func check(_ channel: any Channel, at path: String) -> EventLoopFuture<Void> {
        guard let daemonUser, let provider = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeSucceededVoidFuture()
        }
        let credentials: EventLoopFuture<peer_credentials> = provider.unsafeGetSocketOption(
            level: .init(rawValue: SOL_SOCKET), name: .init(rawValue: SO_PEERCRED))
        return credentials.flatMapThrowing { credentials in
            // A socket that systemd passed to the daemon is root's.
            guard [0, daemonUser].contains(credentials.uid) else {
                var refused = AuthClientError.unavailable(
                    "The socket \(path) is served by uid \(credentials.uid), not by the daemon's.")
                refused.isRetryable = false
                throw refused
            }
        }
    }

    private func settle(_ outcome: Result<Connection, any Error>) {
        let late = state.withLock { state -> Connection? in
            guard case .connecting = state else { return try? outcome.get() }
            if case .success(let connection) = outcome, connection.channel.isActive {
                state = .connected(connection)
            } else {
                state = .idle
            }
            return nil
        }
        late?.channel.close(promise: nil)
    }

    /// A connection that was lost, or is about to end, takes no more calls.
    private func retire(_ channel: any Channel) {
        state.withLock { state in
            if case .connected(let connection) = state, connection.channel === channel { state = .idle }
        }
    }
}
