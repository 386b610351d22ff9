/// What an operator wants changed of an account. Nil leaves a member as it is.
package struct AccountUpdate: Sendable {
    package let user: UserID
    package var email: Email?
    package var isVerified: Bool?
    package var isActive: Bool?
    /// Asks the owner to prove another address, unless the operator vouches for it.
    package var verification: EmailMessage?
    package let now: Timestamp

    package init(
        of user: UserID, email: Email? = nil, isVerified: Bool? = nil, isActive: Bool? = nil,
        verification: EmailMessage? = nil, at now: Timestamp
    ) {
        self.user = user
        self.email = email
        self.isVerified = isVerified
        self.isActive = isActive
        self.verification = verification
        self.now = now
    }
}

/// Which accounts a list is of.
package struct AccountFilter: Sendable {
    package enum Status: String, Sendable, CaseIterable {
        case active, inactive, unverified
    }

    package enum Key: Sendable {
        case id(UserID)
        /// The beginning of an address: of its canonical form, and as it was written, for adopted accounts whose form
        /// belongs to another one.
        case address(canonical: String, written: String)
    }

    package var key: Key?
    package var status: Status?
    /// Only accounts to which strangers are not let through at present. Who that is, no query can ask for.
    package var isThrottled = false

    package init(_ key: Key? = nil, status: Status? = nil, isThrottled: Bool = false) {
        self.key = key
        self.status = status
        self.isThrottled = isThrottled
    }
}

/// An account as an operator sees it.
package struct AccountSummary: Sendable, Equatable {
    package let user: User
    /// When the latest of its sessions began that are still kept: a session is, until a day after nothing of it lives.
    package let lastLoginAt: Timestamp?

    package init(user: User, lastLoginAt: Timestamp?) {
        self.user = user
        self.lastLoginAt = lastLoginAt
    }
}

/// An account with what hangs on it.
package struct AccountDetails: Sendable, Equatable {
    package let summary: AccountSummary
    /// How many sessions are live.
    package let sessions: Int
    /// How many messages wait to be sent.
    package let messages: Int
    package var throttles: [AccountThrottle] = []
}

/// Which sessions a list is of.
package struct SessionFilter: Sendable {
    package var user: UserID?
    package var app: String?

    package init(user: UserID? = nil, app: String? = nil) {
        self.user = user
        self.app = app
    }
}
