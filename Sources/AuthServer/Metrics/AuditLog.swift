internal import Logging
internal import MVPAuth

/// Writes what was noted into the log, once it is committed: what an operator asks for first, without a query.
///
/// Failures are the business of ``LoginLog``. Logins, sessions that end and what anybody may ask for are told at `debug`:
/// there are too many of them.
struct AuditLog: Sendable {
    private let logger: Logger

    init(_ logger: Logger) {
        self.logger = logger
    }

    @Sendable
    func note(_ events: [AuthEvent]) {
        for event in events {
            let level = event.kind.logLevel
            guard level >= logger.logLevel else { continue }
            var origin = RequestOrigin(app: event.app, uid: event.uid)
            origin.source = event.source
            var metadata = Logger.Metadata(origin)
            metadata["request_id"] = event.requestID.map { "\($0)" }
            metadata["user_id"] = event.userID.map { "\($0)" }
            metadata["session_id"] = event.sessionID.map { "\($0)" }
            metadata["detail"] = event.detail.map { "\($0)" }
            logger.log(level: level, "\(event.kind.rawValue)", metadata: metadata)
        }
    }
}

extension Logger.Metadata {
    /// Who asked.
    init(_ origin: RequestOrigin) {
        self = ["app": "\(origin.app)", "uid": "\(origin.uid)"]
        self["source"] = origin.source.map { "\($0)" }
        self["request_id"] = origin.requestID.map { "\($0)" }
    }
}

extension AuthEvent.Kind {
    fileprivate var logLevel: Logger.Level {
        switch self {
        case .tokenReuse, .loginAttack: .warning
        case .loginSucceeded, .loginFailed, .loginThrottled, .sessionRevoked, .passwordResetRequested,
            .accountRegistered, .accountVerified, .configReloaded:
            .debug
        default: .info
        }
    }
}
