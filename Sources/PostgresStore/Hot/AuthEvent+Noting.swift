internal import MVPAuth

extension AuthEvent {
    /// The part of a statement that notes something of each session that another part of it has returned, if there is an
    /// `:event`.
    ///
    /// - Parameters:
    ///   - id: the expression of the row's key.
    ///   - sessions: what that other part is called.
    static func noting(
        _ kind: Kind, id: String, of sessions: String, because reason: SessionEnd? = nil
    ) -> String {
        """
        noted_\(sessions) AS (
            INSERT INTO auth_events
                (id, at, event, outcome, user_id, session_id, app, uid, source, request_id, detail)
            SELECT \(id), :now, '\(kind.rawValue)', '\(Outcome.success.rawValue)', :user, \(sessions).id,
                :event_app::text, :event_uid::bigint, :event_source::text, :event_request::text,
                \(reason.map { "'\($0.detail)'" } ?? "NULL")
            FROM \(sessions) WHERE :event::uuid IS NOT NULL
        )
        """
    }
}
