/// What an operator is told of an attempt to sign in. It names no address.
package struct LoginReport: Sendable, Equatable {
    package enum Event: Sendable, Equatable {
        case failed
        /// The password was right, but the address is not proved.
        case unverified
        /// Whoever wanted to change the password did not know the current one.
        case wrongCurrent
        /// The password was not looked at.
        case throttled(ThrottleLayer)
        /// Far more logins fail than succeed.
        case attack
    }

    package let event: Event
    /// The key of the account's row. Nil where it is about no account.
    package let account: String?
    /// The account itself, where it is known already whether there is one.
    package let user: UserID?
    package let origin: RequestOrigin
}

/// What turned an attempt away.
package enum ThrottleLayer: String, Sendable, CaseIterable {
    /// The network has made too many.
    case source
    /// The account, for whoever is not known to it.
    case account
    /// The device.
    case device
    /// The account, for everybody.
    case disabled
    /// Changing the password.
    case change
    /// Creating accounts.
    case register
    /// Refreshing one session.
    case refresh
}

/// What lets a caller through who is turned away.
package enum LoginProof: String, Sendable, CaseIterable {
    /// A token of a device that has signed in before.
    case deviceToken = "device_token"
    /// An address at which the account has had a session.
    case knownAddress = "known_address"
    /// A new password, by a link that is mailed.
    case passwordReset = "password_reset"
}
