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

    func apply(_ change: StoreChange) {
        switch change {
        case .sessionEnded(let session): core.revocations.end([session])
        case .tokenBlocked(let token): core.revocations.block(token)
        case .userChanged(let id, let isActive, let cutoff):
            core.revocations.setActive(isActive, user: id)
            if let cutoff { core.revocations.revokeSessionless(of: id, before: cutoff) }
            core.cache.drop(id)
        case .userDeleted(let id, let until):
            core.revocations.delete(id, until: until)
            core.cache.drop(id)
        }
    }

    func confirm(_ uptime: UInt64) {
        core.revocations.confirm(uptime)
    }
}
