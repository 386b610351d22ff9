internal import AuthAPI
internal import JSONRPC
internal import Logging
internal import MVPAuth
internal import StrictJSON

extension Ping: ImmediateMethod {
    func reply(to call: borrowing Call) throws(AuthError) -> Reply { Reply() }
}

extension Hello: ImmediateMethod {
    private static let version = 1

    func reply(to call: borrowing Call) throws(AuthError) -> Reply {
        guard versions?.contains(Self.version) ?? true else {
            throw AuthError(.unsupportedProtocol, "This server speaks protocol version \(Self.version).")
        }
        let grant = call.connection.hello(keeping: roles)
        let peer = call.connection.peer
        return Reply(
            version: Self.version, server: .mvpAuth, instanceID: call.server.instanceID,
            peer: PeerDescription(
                uid: Int(peer.uid), gid: Int(peer.gid), app: grant.app.name, roles: grant.roles.names),
            limits: call.connection.limits, capabilities: ["batch", "cancel", "deadline", "idempotency"],
            openrpcSHA256: call.server.openRPCHash)
    }
}

extension Info: ImmediateMethod {
    func reply(to call: borrowing Call) throws(AuthError) -> Reply {
        Reply(
            server: .mvpAuth, versions: [1], instanceID: call.server.instanceID, startedAt: call.server.startedAt,
            uptimeSeconds: call.server.uptimeSeconds, store: call.server.store,
            policy: call.server.configuration.policy)
    }
}

extension Health: SuspendingMethod {
    func reply(to call: Call) async throws(AuthError) -> Reply {
        try await call.system.ping()
        return Reply()
    }
}

extension Cancel: ImmediateMethod {
    func reply(to call: borrowing Call) throws(AuthError) -> Reply {
        Reply(cancelled: call.connection.cancel(RequestID(id.lexeme.bytes)))
    }
}

extension Discover: ImmediateMethod {
    func reply(to call: borrowing Call) throws(AuthError) -> Reply { call.server.openRPC }
}

extension Stats: ImmediateMethod {
    func reply(to call: borrowing Call) throws(AuthError) -> Reply { call.server.stats }
}

extension Reload: SuspendingMethod {
    func reply(to call: Call) async throws(AuthError) -> Message {
        try await call.server.reconfigure()
        return Message("Configuration reloaded.")
    }
}

extension Drain: ImmediateMethod {
    func reply(to call: borrowing Call) throws(AuthError) -> Message {
        call.server.requestStop()
        return Message("Draining.")
    }
}

extension SetLogLevel: ImmediateMethod {
    func reply(to call: borrowing Call) throws(AuthError) -> Message {
        var logger = call.server.logger
        guard let level = Logger.Level(rawValue: level.rawValue) else { throw AuthError(.invalidParams) }
        logger.logLevel = level
        return Message("The log level is \(level.rawValue).")
    }
}

extension PurgeExpired: SuspendingMethod {
    func reply(to call: Call) async throws(AuthError) -> Reply {
        Reply(purged: try await call.system.purge())
    }
}
