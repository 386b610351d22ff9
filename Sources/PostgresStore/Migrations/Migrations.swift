extension Schema {
    static let migrations = [
        Migration(name: "2026-11 accounts and sessions", isCompatible: true, sql: accountsAndSessions),
        Migration(name: "2026-11 notifications", isCompatible: true, sql: notifications),
        Migration(name: "2026-11 canonical addresses", isCompatible: true, sql: canonicalAddresses),
        Migration(name: "2026-11 changed addresses", isCompatible: true, sql: changedAddresses),
        Migration(name: "2026-11 messages", isCompatible: true, sql: messages),
        Migration(name: "2026-11 lists", isCompatible: true, sql: lists),
        Migration(name: "2026-11 throttles", isCompatible: true, sql: throttles),
        Migration(name: "2026-11 messages by state", isCompatible: true, sql: messagesByState),
        Migration(name: "2026-11 events", isCompatible: true, sql: events),
    ]

    /// The tables of the Python library, created where they are missing, and the columns that we add to them.
    ///
    /// What is added has a default, because the library knows nothing of it and keeps inserting. No index has a column
    /// that a rotation changes, so that rotations stay within their page (heap-only tuples).
    private static let accountsAndSessions = """
        CREATE TABLE auth_migrations (
            name text PRIMARY KEY,
            is_compatible boolean NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now()
        );

        CREATE TABLE IF NOT EXISTS auth_users (
            id uuid PRIMARY KEY,
            email varchar(320) NOT NULL UNIQUE,
            hashed_password text NOT NULL,
            is_active boolean NOT NULL DEFAULT true,
            is_verified boolean NOT NULL DEFAULT false,
            created_at timestamptz NOT NULL DEFAULT now(),
            updated_at timestamptz NOT NULL DEFAULT now()
        );
        ALTER TABLE auth_users
            ADD COLUMN email_key varchar(320),
            ADD COLUMN hash_imported boolean NOT NULL DEFAULT true,
            ADD COLUMN hash_version bigint NOT NULL DEFAULT 0,
            ADD COLUMN password_generation bigint NOT NULL DEFAULT 0,
            ADD COLUMN password_changed_at timestamptz,
            ADD COLUMN revoked_before timestamptz;
        CREATE UNIQUE INDEX auth_users_canonical ON auth_users (email_key);
        CREATE INDEX auth_users_without_key ON auth_users (id) WHERE email_key IS NULL;
        CREATE INDEX auth_users_inactive ON auth_users (id) WHERE NOT is_active;
        CREATE INDEX auth_users_revoked_before ON auth_users (revoked_before) WHERE revoked_before IS NOT NULL;

        CREATE TABLE IF NOT EXISTS auth_sessions (
            id uuid PRIMARY KEY,
            user_id uuid NOT NULL REFERENCES auth_users (id) ON DELETE CASCADE,
            refresh_token_hash varchar(64) NOT NULL,
            device_info text,
            ip_address varchar(45),
            created_at timestamptz NOT NULL DEFAULT now(),
            expires_at timestamptz NOT NULL,
            is_revoked boolean NOT NULL DEFAULT false
        );
        ALTER TABLE auth_sessions
            ADD COLUMN generation bigint NOT NULL DEFAULT 0,
            ADD COLUMN own_hash varchar(16),
            ADD COLUMN rotation_key_hash varchar(64),
            ADD COLUMN last_used_at timestamptz,
            ADD COLUMN absolute_expires_at timestamptz NOT NULL DEFAULT now() + interval '365 days',
            ADD COLUMN access_expires_at timestamptz,
            ADD COLUMN revoked_at timestamptz;
        ALTER TABLE auth_sessions ALTER COLUMN device_info TYPE text;
        ALTER TABLE auth_sessions SET (fillfactor = 80);
        CREATE INDEX auth_sessions_user ON auth_sessions (user_id);
        CREATE INDEX auth_sessions_revoked ON auth_sessions (revoked_at) WHERE is_revoked;

        CREATE TABLE IF NOT EXISTS auth_blocked_tokens (
            id uuid PRIMARY KEY,
            jti varchar(64) NOT NULL UNIQUE,
            token_type varchar(32) NOT NULL,
            expires_at timestamptz NOT NULL
        );
        ALTER TABLE auth_blocked_tokens ALTER COLUMN token_type TYPE varchar(32);
        DO $$
        BEGIN
            IF EXISTS (
                SELECT FROM pg_attribute WHERE attrelid = 'auth_blocked_tokens'::regclass AND attname = 'id'
                    AND atttypid = 'uuid'::regtype AND NOT atthasdef
            ) THEN
                ALTER TABLE auth_blocked_tokens ALTER COLUMN id SET DEFAULT gen_random_uuid();
            END IF;
        END $$;
        CREATE INDEX auth_blocked_tokens_expiry ON auth_blocked_tokens (expires_at);

        CREATE TABLE auth_deleted_users (id uuid PRIMARY KEY, until timestamptz NOT NULL);
        CREATE TABLE auth_deleted_sessions (id uuid PRIMARY KEY, until timestamptz NOT NULL);
        """

    /// Triggers, so that whatever writes is heard: this version or another, the Python library, an operator's SQL.
    ///
    /// Writers that do not know our columns are noticed by what they leave as it was, and their changes are counted for
    /// them. Nothing fires on a rotation, and triggers on sessions run after the update: one that ran before would lock
    /// each row twice.
    private static let notifications = """
        CREATE FUNCTION auth_microseconds(instant timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT AS $$
            SELECT (extract(epoch FROM greatest(least(instant, '9999-01-01Z'), '0001-01-01Z')) * 1000000)::bigint
        $$;

        CREATE FUNCTION auth_session_ended() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path FROM CURRENT AS $$
        BEGIN
            IF NEW.revoked_at IS NULL THEN
                UPDATE auth_sessions SET revoked_at = now() WHERE id = NEW.id;
            END IF;
            PERFORM pg_notify('\(ChangeNotice.channel)',
                's ' || NEW.id || ' ' || auth_microseconds(coalesce(NEW.access_expires_at, NEW.created_at)));
            RETURN NULL;
        END $$;
        CREATE TRIGGER auth_session_ended AFTER UPDATE OF is_revoked ON auth_sessions FOR EACH ROW
            WHEN (NEW.is_revoked AND NOT OLD.is_revoked) EXECUTE FUNCTION auth_session_ended();

        CREATE FUNCTION auth_session_deleted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path FROM CURRENT AS $$
        BEGIN
            INSERT INTO auth_deleted_sessions (id, until) VALUES (OLD.id, OLD.access_expires_at)
                ON CONFLICT DO NOTHING;
            PERFORM pg_notify('\(ChangeNotice.channel)',
                's ' || OLD.id || ' ' || auth_microseconds(OLD.access_expires_at));
            RETURN NULL;
        END $$;
        CREATE TRIGGER auth_session_deleted AFTER DELETE ON auth_sessions FOR EACH ROW
            WHEN (OLD.access_expires_at > now()) EXECUTE FUNCTION auth_session_deleted();

        CREATE FUNCTION auth_user_written() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path FROM CURRENT AS $$
        BEGIN
            IF TG_OP = 'INSERT' THEN
                NEW.email_key := coalesce(NEW.email_key, auth_canonical(NEW.email));
            ELSE
                IF NEW.email <> OLD.email AND NEW.email_key IS NOT DISTINCT FROM OLD.email_key THEN
                    NEW.email_key := auth_canonical(NEW.email);
                END IF;
                IF NEW.hashed_password <> OLD.hashed_password AND NEW.hash_version = OLD.hash_version THEN
                    NEW.hash_version := OLD.hash_version + 1;
                    NEW.hash_imported := true;
                    NEW.password_generation := OLD.password_generation + 1;
                    NEW.password_changed_at := now();
                    -- A token that the same login made in this very second lives.
                    NEW.revoked_before := date_trunc('second', now()) - interval '1 microsecond';
                END IF;
            END IF;
            RETURN NEW;
        END $$;
        CREATE FUNCTION auth_canonical(address text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
            SELECT CASE WHEN address COLLATE "C" ~ '^[!-~]+$' THEN lower(address COLLATE "C") END
        $$;
        CREATE TRIGGER auth_user_written BEFORE INSERT OR UPDATE OF email, hashed_password ON auth_users
            FOR EACH ROW EXECUTE FUNCTION auth_user_written();

        CREATE FUNCTION auth_user_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path FROM CURRENT AS $$
        BEGIN
            PERFORM pg_notify('\(ChangeNotice.channel)', 'u ' || NEW.id || ' ' || NEW.is_active::int || ' '
                || coalesce(auth_microseconds(NEW.revoked_before)::text, '-'));
            RETURN NULL;
        END $$;
        CREATE TRIGGER auth_user_changed
            AFTER UPDATE OF email, hashed_password, is_active, is_verified, updated_at, revoked_before ON auth_users
            FOR EACH ROW EXECUTE FUNCTION auth_user_changed();

        CREATE FUNCTION auth_user_deleted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path FROM CURRENT AS $$
        DECLARE
            bound timestamptz;
        BEGIN
            INSERT INTO auth_deleted_users (id, until) VALUES (OLD.id, now() + interval '1 day')
                ON CONFLICT DO NOTHING;
            SELECT until INTO bound FROM auth_deleted_users WHERE id = OLD.id;
            PERFORM pg_notify('\(ChangeNotice.channel)', 'd ' || OLD.id || ' ' || auth_microseconds(bound));
            RETURN NULL;
        END $$;
        CREATE TRIGGER auth_user_deleted AFTER DELETE ON auth_users
            FOR EACH ROW EXECUTE FUNCTION auth_user_deleted();

        CREATE FUNCTION auth_token_blocked() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path FROM CURRENT AS $$
        BEGIN
            PERFORM pg_notify('\(ChangeNotice.channel)', 't ' || auth_microseconds(NEW.expires_at) || ' ' || NEW.jti);
            RETURN NULL;
        END $$;
        CREATE TRIGGER auth_token_blocked AFTER INSERT ON auth_blocked_tokens FOR EACH ROW
            WHEN (NEW.token_type = 'access' AND length(NEW.jti) <= 64) EXECUTE FUNCTION auth_token_blocked();
        """

    /// The canonical form of every address in ASCII. Where several rows share one, it belongs to the row that is
    /// spelled so, else to the oldest; the others sign in by their exact spelling.
    private static let canonicalAddresses = """
        UPDATE auth_users SET email_key = auth_canonical(email) WHERE id IN (
            SELECT DISTINCT ON (auth_canonical(email)) id FROM auth_users
            WHERE auth_canonical(email) IS NOT NULL
            ORDER BY auth_canonical(email), (email = auth_canonical(email)) DESC, created_at, id
        ) AND email_key IS NULL
            AND NOT EXISTS (SELECT FROM auth_users other WHERE other.email_key = auth_canonical(auth_users.email))
        """
    /// The outbox. Whoever queues a message wakes those who hand messages over, on every daemon.
    private static let messages = """
        CREATE TABLE auth_messages (
            id uuid PRIMARY KEY,
            kind varchar(32) NOT NULL,
            user_id uuid,
            address_key varchar(320),
            address varchar(320) NOT NULL,
            app varchar(64),
            created_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            state varchar(16) NOT NULL,
            attempt bigint NOT NULL DEFAULT 0,
            due_at timestamptz,
            lease_owner varchar(64),
            settled_at timestamptz,
            last_error text
        );
        CREATE INDEX auth_messages_due ON auth_messages (kind, due_at) WHERE due_at IS NOT NULL;
        CREATE INDEX auth_messages_user ON auth_messages (user_id);
        CREATE INDEX auth_messages_address ON auth_messages (address_key, kind, created_at);
        CREATE INDEX auth_messages_lease ON auth_messages (lease_owner) WHERE lease_owner IS NOT NULL;
        CREATE INDEX auth_messages_settled ON auth_messages (settled_at) WHERE settled_at IS NOT NULL;

        CREATE FUNCTION auth_message_queued() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('\(ChangeNotice.channel)', 'm');
            RETURN NULL;
        END $$;
        CREATE TRIGGER auth_message_queued AFTER INSERT ON auth_messages FOR EACH ROW
            WHEN (NEW.due_at IS NOT NULL) EXECUTE FUNCTION auth_message_queued();
        """

    /// Failures by account, network and device. Nobody is notified: each attempt reads its rows.
    private static let throttles = """
        CREATE TABLE auth_throttles (
            key char(16) PRIMARY KEY,
            kind bigint NOT NULL,
            failures bigint NOT NULL,
            level bigint NOT NULL,
            until timestamptz NOT NULL,
            updated_at timestamptz NOT NULL
        );
        CREATE INDEX auth_throttles_updated ON auth_throttles (updated_at);
        """

    /// What was done. A row belongs to nothing: it stays when the account or the session goes. Read newest first, of all, of
    /// an account, of a kind; removed the oldest first.
    private static let events = """
        CREATE TABLE auth_events (
            id uuid PRIMARY KEY,
            at timestamptz NOT NULL,
            event varchar(64) NOT NULL,
            outcome varchar(16) NOT NULL,
            user_id uuid,
            session_id uuid,
            app text NOT NULL,
            uid bigint NOT NULL,
            source varchar(45),
            request_id varchar(64),
            detail text CHECK (octet_length(detail) <= 1024)
        );
        CREATE INDEX auth_events_at ON auth_events (at, id);
        CREATE INDEX auth_events_user ON auth_events (user_id, at, id) WHERE user_id IS NOT NULL;
        CREATE INDEX auth_events_event ON auth_events (event, at, id);
        """

    /// What waits and what was given up is counted often, and listed a page at a time.
    private static let messagesByState = """
        CREATE INDEX auth_messages_state ON auth_messages (state, created_at, id);
        """

    /// Whoever changes an address, it is known since when the account has it: tokens that were mailed before, and name no
    /// address, must not prove the new one. Triggers on a row run in the order of their names.
    private static let changedAddresses = """
        CREATE FUNCTION auth_user_readdressed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.password_changed_at := now();
            RETURN NEW;
        END $$;
        CREATE TRIGGER auth_user_readdressed BEFORE UPDATE OF email ON auth_users FOR EACH ROW
            WHEN (NEW.email <> OLD.email) EXECUTE FUNCTION auth_user_readdressed();
        """

    /// What operators page through, by (created_at, id), or find by the beginning of an address, compared by bytes; and
    /// which app began a session.
    private static let lists = """
        ALTER TABLE auth_sessions ADD COLUMN app varchar(64);
        CREATE INDEX auth_users_created ON auth_users (created_at, id);
        CREATE INDEX auth_users_beginning ON auth_users (email_key varchar_pattern_ops);
        CREATE INDEX auth_sessions_app ON auth_sessions (app, created_at, id) WHERE app IS NOT NULL;
        """
}
