package import AuthSettings
package import PostgresStore

extension DaemonSettings {
    /// How to reach the PostgreSQL that `AUTH_DATABASE_URL` names. Nil when it names another store.
    package func postgresOptions() throws(SettingsError) -> PostgresOptions? {
        guard let url = database.url, PostgresOptions.accepts(url) else { return nil }
        do {
            return try PostgresOptions(
                url: url, preparesStatements: database.postgres.prepares,
                timeoutMilliseconds: database.postgres.timeoutMilliseconds, writers: database.postgres.writers)
        } catch {
            throw SettingsError("AUTH_DATABASE_URL cannot be used: \(error.description).")
        }
    }
}
