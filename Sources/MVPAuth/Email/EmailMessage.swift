/// A message that somebody is to receive: a row of the outbox, committed with what caused it.
///
/// It holds no token. One is signed when the message is handed over, for the address of the row.
public struct EmailMessage: Sendable, Equatable {
    public internal(set) var id: MessageID
    public internal(set) var kind: Kind
    /// Whose account it is about. Nil: nobody's; the row keeps an unknown address from being told by time.
    public var userID: UserID?
    /// The address that somebody asked for, in its canonical form: such messages are counted by it. Nil: nobody asked.
    public internal(set) var addressKey: String?
    /// Where the message goes: the stored address of the account.
    public internal(set) var address: String
    /// The app that caused it.
    public var app: String?
    public internal(set) var createdAt: Timestamp
    public internal(set) var expiresAt: Timestamp
    public var state: State
    /// How many times it has been handed over.
    public var attempt: Int64
    /// When it is to be handed over, or, while it is leased, when the lease ends. Nil: nothing more is to be done.
    public var dueAt: Timestamp?
    /// Who has it, while it is leased.
    public var leaseOwner: String?
    /// Since when nothing more is to be done.
    public var settledAt: Timestamp?
    /// Why the last attempt failed, in a few words.
    public var lastError: String?

    public enum Kind: String, Sendable, CaseIterable {
        case verification = "verification_email"
        case passwordReset = "password_reset_email"
        /// Tells the owner of an account that its password was changed or reset.
        case passwordChanged = "password_changed"
        /// Tells the owner of an account that its sessions were ended because a used refresh token came back.
        case sessionsEnded = "sessions_ended"
        /// Somebody who operates the service wants to see whether messages arrive. It is about no account.
        case test = "test_email"

        /// Whether the message carries a token and is asked for by anybody who knows the address.
        public var hasToken: Bool { self == .verification || self == .passwordReset }
    }

    public enum State: String, Sendable, CaseIterable {
        case pending
        case leased
        /// It was handed over and taken, or there was no need for it any more.
        case done
        /// It was given up: dropped, out of attempts, or too old.
        case dead
    }

    public init(
        id: MessageID, kind: Kind, userID: UserID?, addressKey: String?, address: String, app: String?,
        createdAt: Timestamp, expiresAt: Timestamp, state: State = .pending, attempt: Int64 = 0,
        dueAt: Timestamp? = EmailMessage.atOnce, leaseOwner: String? = nil, settledAt: Timestamp? = nil,
        lastError: String? = nil
    ) {
        self.id = id
        self.kind = kind
        self.userID = userID
        self.addressKey = addressKey
        self.address = address
        self.app = app
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.state = state
        self.attempt = attempt
        self.dueAt = dueAt
        self.leaseOwner = leaseOwner
        self.settledAt = settledAt
        self.lastError = lastError
    }
}

public typealias MessageID = Identifier<EmailMessage>

extension EmailMessage {
    /// Due by any clock.
    public static let atOnce = Timestamp(microseconds: 0)

    /// Whether the account is still one that the message is for.
    func isWanted(by user: User?) -> Bool {
        if kind == .test { return true }
        guard let user, user.mailAddress.utf8.elementsEqual(address.utf8) else { return false }
        return switch kind {
        case .verification: user.isActive && !user.isVerified
        case .passwordReset: user.isActive
        case .passwordChanged, .sessionsEnded, .test: true
        }
    }

    /// Ends it.
    mutating func settle(_ state: State, _ error: String?, at now: Timestamp) {
        self.state = state
        dueAt = nil
        leaseOwner = nil
        settledAt = now
        lastError = error
    }

    /// What an answer makes of it. It is given up when no attempt is left, or none before it expires.
    mutating func settle(_ verdict: EmailVerdict, at now: Timestamp) {
        switch verdict {
        case .success: settle(.done, nil, at: now)
        case .drop(let reason): settle(.dead, reason, at: now)
        case .retry(let milliseconds, let reason):
            let due = now.advanced(byMilliseconds: max(0, milliseconds))
            guard attempt < EmailPace.attempts, due < expiresAt else { return settle(.dead, reason, at: now) }
            state = .pending
            dueAt = due
            leaseOwner = nil
            lastError = reason
        }
    }
}
