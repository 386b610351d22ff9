/// A call that has begun.
final class CallInFlight: @unchecked Sendable {
    // SAFETY: used on its connection's loop only. Its task holds it to give that loop something to do with it.

    /// Under which the connection can cancel it; nil for a notification.
    var number: UInt64?
    var deadline: LoopTimer?
    let whenDone: () -> Void
    private var deliver: ((ReplyLine) -> Void)?

    init(_ deliver: @escaping (ReplyLine) -> Void, _ whenDone: @escaping () -> Void) {
        self.deliver = deliver
        self.whenDone = whenDone
    }

    /// Delivers the first answer.
    func answer(_ reply: ReplyLine, on loop: EventLoop) {
        if let deadline { loop.cancel(deadline) }
        deliver?(reply)
        deliver = nil
    }
}
