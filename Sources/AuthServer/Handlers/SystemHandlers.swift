internal import AuthAPI
internal import JSONRPC
internal import Logging
internal import MVPAuth
internal import StrictJSON

extension Ping: ImmediateMethod {
    package func reply(to call: borrowing Call) throws(AuthError) -> Reply { Reply() }
}

extension Hello: ImmediateMethod {
    private static let version = 1

    package func reply(to call: borrowing Call) throws(AuthError) -> Reply {
        guard versions?.contains(Self.version) ?? true else {
            throw AuthError(.unsupportedProtocol, "This server speaks protocol version \(Self.version).")
        }
        let grant = call.connection.hello(keeping: roles)
        let peer = call.connection.peer
        return Reply(
            version: Self.version, server: .mvpAuth, instanceID: call.service.instanceID,
            peer: PeerDescription(
                uid: Int(peer.uid), gid: Int(peer.gid), app: grant.app,
                roles: grant.roles.sorted { $0.rawValue < $1.rawValue }),
            limits: call.service.limits, capabilities: ["batch", "cancel", "deadline", "refresh_idempotency"],
            openrpcSHA256: call.service.openRPCHash)
    }
}

extension Info: ImmediateMethod {
    package func reply(to call: borrowing Call) throws(AuthError) -> Reply {
        Reply(
            server: .mvpAuth, versions: [1], instanceID: call.service.instanceID, startedAt: call.service.startedAt,
            uptimeSeconds: call.service.uptimeSeconds, store: call.service.store)
    }
}

extension Health: SuspendingMethod {
    package func reply(to call: Call) async throws(AuthError) -> Reply {
        try await call.system.ping()
        return Reply()
    }
}

extension Cancel: ImmediateMethod {
    package func reply(to call: borrowing Call) throws(AuthError) -> Reply {
        var lexeme = JSONWriter()
        switch id {
        case .number(let number): lexeme.int(number)
        case .text(let text): lexeme.string(text)
        }
        return Reply(cancelled: call.connection.cancel(RequestID(lexeme.bytes)))
    }
}

extension Discover: ImmediateMethod {
    package func reply(to call: borrowing Call) throws(AuthError) -> JSON { call.service.openRPC }
}

extension Stats: ImmediateMethod {
    package func reply(to call: borrowing Call) throws(AuthError) -> Reply { call.service.stats }
}

extension Reload: SuspendingMethod {
    package func reply(to call: Call) async throws(AuthError) -> Message {
        try await call.service.reconfigure()
        return Message("Configuration reloaded.")
    }
}

extension Drain: ImmediateMethod {
    package func reply(to call: borrowing Call) throws(AuthError) -> Message {
        call.service.requestStop()
        return Message("Draining.")
    }
}

extension SetLogLevel: ImmediateMethod {
    package func reply(to call: borrowing Call) throws(AuthError) -> Message {
        var logger = call.service.logger
        guard let level = Logger.Level(rawValue: level.rawValue) else { throw AuthError(.invalidParams) }
        logger.logLevel = level
        return Message("The log level is \(level.rawValue).")
    }
}

extension PurgeExpired: SuspendingMethod {
    package func reply(to call: Call) async throws(AuthError) -> Reply {
        Reply(purged: try await call.system.purge())
    }
}
