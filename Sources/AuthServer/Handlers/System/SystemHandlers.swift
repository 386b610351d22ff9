internal import AuthAPI
internal import JSONRPC
internal import Logging
internal import MVPAuth
internal import StrictJSON

extension Ping: MethodHandler {
    func answer(to call: Call) -> Answer<Reply> { .known(Reply()) }
}

extension Hello: MethodHandler {
    private static let version = 1

    func answer(to call: Call) throws(AuthError) -> Answer<Reply> {
        guard versions?.contains(Self.version) ?? true else {
            throw AuthError(.unsupportedProtocol, "This server speaks protocol version \(Self.version).")
        }
        let rights = call.connection.hello(keeping: roles)
        let peer = call.connection.peer
        return .known(
            Reply(
                version: Self.version, server: .mvpAuth, instanceID: call.server.instanceID,
                peer: PeerDescription(
                    uid: Int(peer.uid), gid: Int(peer.gid), app: rights.app.name, roles: rights.roles.names),
                limits: call.connection.limits, capabilities: ["batch", "cancel", "deadline", "idempotency"],
                openrpcSHA256: call.server.openRPCHash))
    }
}

extension Info: MethodHandler {
    func answer(to call: Call) -> Answer<Reply> {
        .known(
            Reply(
                server: .mvpAuth, versions: [1], instanceID: call.server.instanceID, startedAt: call.server.startedAt,
                uptimeSeconds: call.server.uptimeSeconds, store: call.server.store,
                policy: call.server.configuration.policy))
    }
}

extension Health: MethodHandler {
    func answer(to call: Call) -> Answer<Reply> {
        .ask { () async throws(AuthError) in
            try await call.system.ping()
            // Whoever has not the role learns nothing of the outbox: a message more after a call says that there is an
            // account.
            guard call.rights.allows(.admin) else { return Reply() }
            let emails = call.system.emails
            let backlog = try await call.server.backlog.value { () async throws(AuthError) in
                try await emails.backlog()
            }
            return Reply(messages: OutboxHealth(backlog, isSubscribed: await call.server.emails.isSubscribed))
        }
    }
}

extension Cancel: MethodHandler {
    func answer(to call: Call) -> Answer<Reply> {
        .known(Reply(cancelled: call.connection.cancel(RequestID(id.lexeme.bytes))))
    }
}

extension Discover: MethodHandler {
    func answer(to call: Call) -> Answer<Reply> { .known(call.server.openRPC) }
}

extension Stats: MethodHandler {
    func answer(to call: Call) -> Answer<Reply> { .known(call.server.stats) }
}

extension Metrics: MethodHandler {
    func answer(to call: Call) -> Answer<Reply> {
        .ask { () async throws(AuthError) in Reply(text: await call.server.metrics()) }
    }
}

extension Reload: MethodHandler {
    func answer(to call: Call) -> Answer<Message> {
        .ask { () async throws(AuthError) in
            try await call.server.reconfigure()
            return Message("Configuration reloaded.")
        }
    }
}

extension Drain: MethodHandler {
    func answer(to call: Call) -> Answer<Message> {
        call.server.requestStop()
        return .known(Message("Draining."))
    }
}

extension SetLogLevel: MethodHandler {
    func answer(to call: Call) throws(AuthError) -> Answer<Message> {
        var logger = call.server.logger
        guard let level = Logger.Level(rawValue: level.rawValue) else { throw AuthError(.invalidParams) }
        logger.logLevel = level
        return .known(Message("The log level is \(level.rawValue)."))
    }
}

extension PurgeExpired: MethodHandler {
    func answer(to call: Call) -> Answer<Reply> {
        .ask { () async throws(AuthError) in Reply(purged: try await call.system.purge()) }
    }
}
