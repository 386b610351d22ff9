internal import Logging
internal import MVPAuth

/// Writes what becomes of guesses into the log: by the key of the account, which is no address. Of a flood of them only so
/// many lines.
struct LoginLog: Sendable {
    private let logger: Logger
    private let budget = RateBudget(perSecond: 5, burst: 50)

    init(_ logger: Logger) {
        self.logger = logger
    }

    @Sendable
    func note(_ report: LoginReport) {
        var metadata = Logger.Metadata(report.origin)
        if let account = report.account { metadata["account"] = "\(account)" }
        if report.event == .attack {
            return logger.warning("far more logins fail than succeed", metadata: metadata)
        }
        guard budget.take() == nil else { return }
        switch report.event {
        case .failed: logger.info("a login failed", metadata: metadata)
        case .unverified: logger.info("a login was refused: the address is not proved", metadata: metadata)
        case .wrongCurrent: logger.info("a change of a password failed", metadata: metadata)
        case .throttled(let layer):
            metadata["layer"] = "\(layer.rawValue)"
            logger.info("an attempt was throttled", metadata: metadata)
        case .attack: break
        }
    }
}
