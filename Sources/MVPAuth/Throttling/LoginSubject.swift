/// What there is to know of an account before anybody may try its password, read at once.
public struct LoginSubject: Sendable {
    /// Nil: there is none with this address. The rest is the same.
    public let user: User?
    /// The rows of those keys that have one.
    public let throttles: [Throttle]

    public init(user: User?, throttles: [Throttle]) {
        self.user = user
        self.throttles = throttles
    }

    func throttle(_ key: String?) -> Throttle? {
        guard let key else { return nil }
        return throttles.first { $0.key.utf8.elementsEqual(key.utf8) }
    }
}

/// An attempt that is counted before it is made: if the row is still what it was.
package struct ThrottleStep: Sendable, Equatable {
    package let before: Throttle?
    package let after: Throttle

    package init(before: Throttle?, after: Throttle) {
        self.before = before
        self.after = after
    }
}

/// What a success makes of the rows of its account, in its own transaction.
public struct ThrottleRelease: Sendable {
    /// The row of the account, which is open to everybody again.
    let account: String
    /// What this attempt was counted by.
    let steps: [ThrottleStep]
    /// Rows that have no more to say.
    let removed: [String]

    package init(account: String, steps: [ThrottleStep] = [], removed: [String] = []) {
        self.account = account
        self.steps = steps
        self.removed = removed
    }
}
