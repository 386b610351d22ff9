extension DaemonSettings {
    /// The file of the accounts where they are in SQLite: that of `sqlite:///path` (the four slashes of SQLAlchemy mean
    /// the same), without a URL `auth.db` in the state directory. Nil on another store.
    package var sqlitePath: String? {
        guard let url = databaseURL else { return stateDirectory + "/auth.db" }
        let scheme = "sqlite:///"
        guard url.utf8.starts(with: scheme.utf8), url.utf8.count > scheme.utf8.count else { return nil }
        return "/" + url.dropFirst(scheme.count).drop { $0 == "/" }
    }
}
