internal import AuthAPI
internal import NIOCore

/// The answers that a peer has not taken. Touched on its connection's loop only.
///
/// What the kernel takes at once is not seen here: only a channel that is not writable any more is measured, again and
/// again until it has nothing left.
final class Backlog {
    private let limits: Limits
    private let share: UserShare
    private var bytes = 0
    /// When it last got smaller, or was nothing.
    private var progress = NIODeadline.now()

    /// What comes of a measurement.
    enum Verdict {
        case fine
        /// Nothing more is answered until there is less.
        case held(Limits.Name)
        /// The connection ends.
        case over(Limits.Name)
    }

    /// How often a backlog is measured.
    static let interval = TimeAmount.milliseconds(20)

    init(limits: Limits, share: UserShare) {
        self.limits = limits
        self.share = share
    }

    var isEmpty: Bool { bytes == 0 }

    /// Whether the user's connections together may be given more.
    var isShareLeft: Bool { share.backlogBytes < limits.backlogBytesPerUID }

    func measure(_ channel: any Channel) -> Verdict {
        let now = (try? channel.syncOptions?.getOption(ChannelOptions.bufferedWritableBytes)) ?? 0
        if now < bytes || now == 0 { progress = .now() }
        share.owe(now - bytes)
        bytes = now
        if bytes > limits.outputBytes { return .over(.outputBytes) }
        let held: Limits.Name
        if bytes > limits.backlogBytes {
            held = .backlogBytes
        } else if !isShareLeft {
            held = .backlogBytesPerUID
        } else {
            return .fine
        }
        let isStuck = bytes > 0 && NIODeadline.now() - progress > .seconds(Int64(limits.backlogSeconds))
        return isStuck ? .over(.backlogSeconds) : .held(held)
    }

    /// The connection has ended.
    func forget() {
        share.owe(-bytes)
        bytes = 0
    }
}
