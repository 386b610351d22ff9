package import AuthSettings
package import PostgresStore

extension DaemonSettings {
    /// How to reach the PostgreSQL that `AUTH_DATABASE_URL` names. Nil when it names another store.
    package func postgresOptions() throws(SettingsError) -> PostgresOptions? {
        guard let databaseURL, PostgresOptions.accepts(databaseURL) else { return nil }
        do {
            return try PostgresOptions(
                url: databaseURL, preparesStatements: postgres.prepares,
                timeoutMilliseconds: postgres.timeoutMilliseconds, writers: postgres.writers)
        } catch {
            throw SettingsError("AUTH_DATABASE_URL cannot be used: \(error.description).")
        }
    }
}
