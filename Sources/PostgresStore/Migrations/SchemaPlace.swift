internal import MVPAuth

/// Triggers look for our tables in the schema that they were made in. When it is renamed afterwards, whatever they do
/// fails: nobody can register or sign out any more.
struct SchemaPlace {
    private let schema: String
    private let searchPath: String

    init(_ row: Row) throws(MalformedRow) {
        schema = try row.text(0)
        searchPath = try row.text(1)
    }

    var sentence: String {
        "The schema \(schema) was renamed or copied after its tables were made: their triggers look into \(searchPath). "
            + "Give it its name back, or set search_path of its functions auth_* to \(schema), pg_temp (ALTER FUNCTION)."
    }

    /// A row when a function looks elsewhere than where the tables are. Fails when there are no tables.
    static let question = Statement(
        "schema.place",
        """
        SELECT tables.schema, substr(setting, length('search_path=') + 1)
        FROM (SELECT relnamespace AS oid, relnamespace::regnamespace::text AS schema
            FROM pg_class WHERE oid = 'auth_users'::regclass) AS tables
        JOIN pg_proc ON pronamespace = tables.oid AND proname IN ('auth_session_ended', 'auth_session_deleted',
            'auth_user_written', 'auth_user_changed', 'auth_user_deleted', 'auth_token_blocked')
        CROSS JOIN unnest(proconfig) AS setting
        WHERE setting LIKE 'search_path=%' AND setting <> 'search_path=' || tables.schema || ', pg_temp'
        LIMIT 1
        """)
}
