/// Keeps what is in memory in step with a store that others write too.
struct RevocationFollower: StoreFollower {
    let core: AuthCore
    let synchronized: @Sendable () -> Void

    /// How often somebody's activity may change while a snapshot is read.
    private static let attempts = 5

    func synchronize() async throws(AuthError) {
        for _ in 0..<Self.attempts {
            let changes = core.revocations.changes
            let snapshot = try await core.store.revocations(at: core.time.now())
            core.cache.dropAll()
            if core.revocations.load(snapshot, readAt: changes) {
                synchronized()
                return
            }
        }
        throw AuthError(.storageUnavailable)
    }

    func apply(_ change: Change) {
        core.feed.publish([change])
    }

    func confirm(_ uptime: UInt64) {
        core.revocations.confirm(uptime)
    }
}
