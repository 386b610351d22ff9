/// What a system can say of itself, for whoever operates it.
extension AuthSystem {
    package var storeTimes: [(operation: StoreOperation, Distribution)] { core.store.meter.distributions }

    /// How many operations were in a commit. Nil: each has its own.
    package var batchSizes: Distribution? { (core.store.base as? any BatchingAuthStore)?.batches.distribution }

    package var hashingTimes: [(algorithm: HashingMeter.Algorithm, Distribution)] { core.hashing.distributions }

    /// How many passwords wait to be hashed, by app.
    package var hashingQueue: [String: Int] { (core.hasher as? any MeasuredHasher)?.waiting ?? [:] }

    /// For how many seconds nothing has been heard of what others write into the store: so late may a revocation of theirs
    /// be. Infinite before the store has been read; 0 where nobody else writes.
    package var revocationLag: Double { core.revocations.lag }

    /// How many sessions are live. Reads all of them.
    package func liveSessionCount() async throws(AuthError) -> Int {
        let now = core.time.now()
        return try await core.store.read { try $0.liveSessionCount(at: now) }
    }
}
