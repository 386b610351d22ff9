/// The tables, with the names and columns they have had in the Python library, and what was added. Append only: a
/// migration that has been released is never changed.
enum Schema {
    static let migrations = [
        Migration("2026-11 accounts and sessions", accountsAndSessions), Migration("2026-11 messages", messages),
        Migration("2026-11 lists", lists),
        Migration("2026-11 throttles", throttles),
        Migration("2026-11 messages by state", messagesByState),
        Migration("2026-11 events", events),
    ]

    /// Timestamps are microseconds since 1970. Rotating a session changes no index.
    private static let accountsAndSessions = """
        CREATE TABLE auth_users (
            id TEXT PRIMARY KEY NOT NULL,
            email TEXT NOT NULL UNIQUE,
            email_key TEXT UNIQUE,
            hashed_password TEXT NOT NULL,
            hash_imported INTEGER NOT NULL DEFAULT 0,
            is_active INTEGER NOT NULL DEFAULT 1,
            is_verified INTEGER NOT NULL DEFAULT 0,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            password_generation INTEGER NOT NULL DEFAULT 0,
            password_changed_at INTEGER NOT NULL,
            revoked_before INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX auth_users_inactive ON auth_users (id) WHERE is_active = 0;
        CREATE INDEX auth_users_revoked_before ON auth_users (revoked_before) WHERE revoked_before IS NOT NULL;

        CREATE TABLE auth_sessions (
            id TEXT PRIMARY KEY NOT NULL,
            user_id TEXT NOT NULL REFERENCES auth_users (id) ON DELETE CASCADE,
            generation INTEGER NOT NULL DEFAULT 0,
            refresh_token_hash TEXT NOT NULL,
            rotation_key_hash TEXT,
            device_info TEXT,
            ip_address TEXT,
            created_at INTEGER NOT NULL,
            last_used_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            absolute_expires_at INTEGER NOT NULL,
            access_expires_at INTEGER NOT NULL,
            is_revoked INTEGER NOT NULL DEFAULT 0,
            revoked_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX auth_sessions_user ON auth_sessions (user_id, is_revoked);
        CREATE INDEX auth_sessions_revoked ON auth_sessions (access_expires_at) WHERE is_revoked = 1;

        CREATE TABLE auth_blocked_tokens (
            jti TEXT PRIMARY KEY NOT NULL,
            token_type TEXT NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX auth_blocked_tokens_expiry ON auth_blocked_tokens (expires_at);

        CREATE TABLE auth_deleted_users (
            id TEXT PRIMARY KEY NOT NULL,
            until INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    /// The outbox.
    private static let messages = """
        CREATE TABLE auth_messages (
            id TEXT PRIMARY KEY NOT NULL,
            kind TEXT NOT NULL,
            user_id TEXT,
            address_key TEXT,
            address TEXT NOT NULL,
            app TEXT,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            state TEXT NOT NULL,
            attempt INTEGER NOT NULL DEFAULT 0,
            due_at INTEGER,
            lease_owner TEXT,
            settled_at INTEGER,
            last_error TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX auth_messages_due ON auth_messages (kind, due_at) WHERE due_at IS NOT NULL;
        CREATE INDEX auth_messages_user ON auth_messages (user_id);
        CREATE INDEX auth_messages_address ON auth_messages (address_key, kind, created_at);
        CREATE INDEX auth_messages_lease ON auth_messages (lease_owner) WHERE lease_owner IS NOT NULL;
        CREATE INDEX auth_messages_settled ON auth_messages (settled_at) WHERE settled_at IS NOT NULL;
        """

    /// What operators page through, by (created_at, id); and which app began a session.
    private static let lists = """
        ALTER TABLE auth_sessions ADD COLUMN app TEXT;
        CREATE INDEX auth_users_created ON auth_users (created_at, id);
        CREATE INDEX auth_sessions_app ON auth_sessions (app, created_at, id) WHERE app IS NOT NULL;
        """

    /// Failures by account, network and device.
    private static let throttles = """
        CREATE TABLE auth_throttles (
            key TEXT PRIMARY KEY NOT NULL,
            kind INTEGER NOT NULL,
            failures INTEGER NOT NULL,
            level INTEGER NOT NULL,
            until INTEGER NOT NULL,
            updated_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX auth_throttles_updated ON auth_throttles (updated_at);
        """

    /// What was done. A row belongs to nothing: it stays when the account or the session goes. Read newest first, of all, of
    /// an account, of a kind; removed the oldest first.
    private static let events = """
        CREATE TABLE auth_events (
            id TEXT PRIMARY KEY NOT NULL,
            at INTEGER NOT NULL,
            event TEXT NOT NULL,
            outcome TEXT NOT NULL,
            user_id TEXT,
            session_id TEXT,
            app TEXT NOT NULL,
            uid INTEGER NOT NULL,
            source TEXT,
            request_id TEXT,
            detail TEXT CHECK (length(detail) <= 1024)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX auth_events_at ON auth_events (at, id);
        CREATE INDEX auth_events_user ON auth_events (user_id, at, id) WHERE user_id IS NOT NULL;
        CREATE INDEX auth_events_event ON auth_events (event, at, id);
        """

    /// What waits and what was given up is counted often, and listed a page at a time.
    private static let messagesByState = """
        CREATE INDEX auth_messages_state ON auth_messages (state, created_at, id);
        """
}
