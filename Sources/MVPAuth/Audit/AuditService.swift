/// What was done, for whoever asks later.
public struct AuditService: Sendable {
    let core: AuthCore

    /// A part of what was noted, the newest first. What this process knows of failures is among it.
    ///
    /// Throws `INVALID_PARAMS` for a cursor that is none of this list.
    package func events(_ filter: EventFilter, _ request: PageRequest) async throws(AuthError) -> Page<AuthEvent> {
        let cursor: PageCursor<AuthEvent>? = try request.cursor(by: core.cursorKey)
        try await writeAttempts()
        let found = try await core.store.read { try $0.events(filter, after: cursor, limit: request.limit + 1) }
        return request.page(of: found, by: core.cursorKey) { PageCursor<AuthEvent>(createdAt: $0.at, id: $0.id) }
    }

    /// The latest of one's own. Throws `USER_NOT_FOUND`, `USER_INACTIVE`.
    package func events(of user: UserID, limit: Int) async throws(AuthError) -> [OwnEvent] {
        try await core.requireActive(user)
        return try await core.store.read { try $0.ownEvents(of: user, limit: limit) }
    }

    /// Writes what is known of attempts that failed. To be called about once a second, and at the end.
    package func writeAttempts() async throws(AuthError) {
        try await core.throttle.memory.journal.write(to: core.store)
    }

    /// Notes something that changes nothing in the store.
    package func note(_ kind: AuthEvent.Kind, detail: String? = nil) async throws(AuthError) {
        let now = core.time.now()
        try await core.store.write { try $0.record(kind, detail: detail, at: now) }
    }
}
