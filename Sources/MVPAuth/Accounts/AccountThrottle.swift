/// What is counted against attempts at one account, as an operator sees it.
package struct AccountThrottle: Sendable, Equatable {
    /// Whose attempts are counted together.
    package enum Kind: String, Sendable, CaseIterable {
        /// Whoever is not known to the account.
        case strangers
        /// One network where the account has a session.
        case knownNetwork = "known_network"
        /// Whoever is signed in and says the password to change it.
        case passwordChange = "password_change"
        /// All together.
        case everybody
    }

    package let kind: Kind
    /// Since the last success.
    package let failures: Int64
    /// What the delay goes by, as it is by now.
    package let level: Int64
    /// Until when nobody of them is let try. Nil: they are, or never again by waiting.
    package let until: Timestamp?
    /// Whether waiting does not help.
    package let isClosed: Bool

    init(_ kind: Kind, _ throttle: Throttle, by ladder: Ladder, at now: Timestamp) {
        self.kind = kind
        failures = throttle.failures
        level = ladder.level(of: throttle, at: now)
        let standing = ladder.standing(of: throttle, at: now)
        isClosed = standing == .ended
        until = if case .waiting(let until) = standing { until } else { nil }
    }
}

extension LoginThrottle {
    /// What is counted of an account, as far as the store says whose it is: of a device only its token does.
    func counts(of user: User, in transaction: Transaction, at now: Timestamp) throws -> [AccountThrottle] {
        let account = account(of: user)
        var rows: [(kind: AccountThrottle.Kind, key: String, ladder: Ladder)] = [
            (.strangers, account, policy.strangers),
            (.passwordChange, keys.passwordChange(of: user.id), policy.passwordChanges),
        ]
        for network in try transaction.networks(of: user.id) {
            rows.append((.knownNetwork, keys.source(network, at: account), policy.knownSources))
        }
        if let total = policy.total { rows.append((.everybody, keys.total(account), total)) }
        return try rows.compactMap { row in
            try transaction.find(Throttle.self, row.key).map {
                AccountThrottle(row.kind, $0, by: row.ladder, at: now)
            }
        }
    }

    /// Whether somebody who is not known to the account is turned away before the password is looked at.
    func isThrottled(_ user: User, in transaction: Transaction, at now: Timestamp) throws -> Bool {
        let account = account(of: user)
        if policy.strangers.standing(of: try transaction.find(Throttle.self, account), at: now) != .open { return true }
        guard let total = policy.total else { return false }
        return total.standing(of: try transaction.find(Throttle.self, keys.total(account)), at: now) == .ended
    }
}
