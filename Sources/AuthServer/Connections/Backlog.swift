internal import AuthAPI

/// The answers that a peer has not taken.
///
/// What the kernel takes at once is not seen here: only a socket with much left to be taken is measured, again and
/// again until it has nothing left.
struct Backlog {
    private let limits: Limits
    private let share: UserShare
    private(set) var bytes = 0
    /// When it last got smaller, or was nothing; in nanoseconds.
    private var progress: UInt64
    /// Whether what is left to be taken is below the mark.
    var isWritable = true
    /// Whether answers that were not taken keep the connection from more.
    private(set) var isHeld = false
    /// Whether it was measured since something changed.
    private var isMeasured = false

    /// What comes of a measurement.
    enum Verdict {
        case fine
        /// Nothing more is answered, from now on, until there is less.
        case held(Limits.Name)
        /// The connection ends.
        case over(Limits.Name)
    }

    /// Milliseconds to the next measurement: the longer nothing changes, the more. Many who take nothing are not to keep
    /// a loop busy.
    private(set) var interval = Self.intervals.lowerBound
    private static let intervals = 20...160

    init(limits: Limits, share: UserShare, at now: UInt64) {
        self.limits = limits
        self.share = share
        progress = now
    }

    /// Whether what is known holds: there is nothing that the peer has not taken, or it has been measured.
    var isLookedAt: Bool { isMeasured || isClear && !isHeld }

    /// Whether there may be anything that the peer has not taken.
    var isOwing: Bool { !isWritable || bytes > 0 || isHeld }

    private var isClear: Bool { isWritable && bytes == 0 && isShareLeft }

    /// Whether the user's connections together may be given more.
    private var isShareLeft: Bool { share.backlogBytes < limits.backlogBytesPerUID }

    /// Something has happened: what was measured counts no longer.
    mutating func look() { isMeasured = false }

    /// The next measurement is to come soon.
    mutating func hurry() {
        interval = Self.intervals.lowerBound
        look()
    }

    mutating func measured(_ now: Int, at time: UInt64) -> Verdict {
        isMeasured = true
        if now < bytes || now == 0 { progress = time }
        interval = now == bytes && isHeld ? min(interval * 2, Self.intervals.upperBound) : Self.intervals.lowerBound
        share.owe(now - bytes)
        bytes = now
        if bytes > limits.outputBytes { return .over(.outputBytes) }
        let wasHeld = isHeld
        isHeld = bytes > limits.backlogBytes || !isShareLeft
        guard isHeld else { return .fine }
        // Never true where nothing is owed: `progress` is now.
        let isStuck = time - progress > UInt64(limits.backlogSeconds) * 1_000_000_000
        if isStuck { return .over(.backlogSeconds) }
        if wasHeld { return .fine }
        return .held(bytes > limits.backlogBytes ? .backlogBytes : .backlogBytesPerUID)
    }

    /// The connection has ended.
    mutating func forget() {
        share.owe(-bytes)
        bytes = 0
    }
}
