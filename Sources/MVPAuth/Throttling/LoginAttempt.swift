/// An attempt that was let through: what it is at, and where it is counted.
struct LoginAttempt: Sendable {
    /// The key of the account's row.
    let account: String
    let app: String
    let subject: LoginSubject
    /// Where it is counted if it fails.
    var counters: [Counter] = []
    /// How it was counted already. Empty: it has a place in the gate instead.
    var steps: [ThrottleStep] = []
    var place: String?
    /// What its network is charged for a failure.
    var budgets: [ThrottleMemory.Budget] = []

    init(account: String, app: String, subject: LoginSubject) {
        self.account = account
        self.app = app
        self.subject = subject
    }

    var isCounted: Bool { !steps.isEmpty }
}

/// A row, and the ladder that it goes up.
struct Counter: Sendable {
    let ladder: Ladder
    let layer: ThrottleLayer
    let identity: Throttle.Identity
}
