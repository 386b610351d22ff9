/// Where the accounts are.
package struct DatabaseSettings: Sendable {
    /// Nil: `auth.db` in the state directory.
    package let url: String?
    package let postgres: Postgres
    private let stateDirectory: String

    package struct Postgres: Sendable {
        package let prepares: Bool
        package let writers: Int
        package let timeoutMilliseconds: Int
    }

    init(reading value: SettingSource, stateDirectory: String) {
        self.stateDirectory = stateDirectory
        value.begin("Database")
        url = value(
            .address(
                "AUTH_DATABASE_URL",
                "postgresql://…, sqlite:///path or memory:. Without one, auth.db in the state directory."))
        postgres = Postgres(
            prepares: value(
                .flag("AUTH_POSTGRES_PREPARE", "false behind a proxy that pools transactions.", default: true)),
            writers: Int(
                value(
                    .integer(
                        "AUTH_POSTGRES_WRITERS",
                        "How many connections write in batches, and as many in transactions; two read, one listens.",
                        1...16, default: 2))),
            timeoutMilliseconds: Int(
                value(
                    .integer(
                        "AUTH_POSTGRES_TIMEOUT_MS", "How long an operation may take.", 100...60_000, default: 5000))))
        if url == nil, let sqlitePath { value.clarify("AUTH_DATABASE_URL", "sqlite://\(sqlitePath)") }
    }

    /// The file of the accounts where they are in SQLite: that of `sqlite:///path` (the four slashes of SQLAlchemy mean
    /// the same), without a URL `auth.db` in the state directory. Nil on another store.
    package var sqlitePath: String? {
        guard let url else { return stateDirectory + "/auth.db" }
        let scheme = "sqlite:///"
        guard url.utf8.starts(with: scheme.utf8), url.utf8.count > scheme.utf8.count else { return nil }
        return "/" + url.dropFirst(scheme.count).drop { $0 == "/" }
    }
}
