/// Work for a thread of the pool. One of the two is called, once.
struct HashingJob: Sendable {
    let run: @Sendable () -> Void
    /// It has lost its place to another app's.
    let displace: @Sendable () -> Void
}
