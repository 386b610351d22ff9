internal import AuthSettings
internal import InternationalDomains
internal import Logging
internal import MVPAuth
internal import MemoryStore
internal import PostgresStore
internal import Preflight
internal import SQLiteStore

/// Where the accounts are, from `AUTH_DATABASE_URL`; without one, `auth.db` in the state directory.
enum StoreLocation {
    case memory
    case sqlite(path: String)
    case postgres(PostgresOptions)

    init(_ settings: DaemonSettings) throws {
        guard let url = settings.databaseURL else {
            try Directory.require(settings.stateDirectory, for: "state")
            self = .sqlite(path: settings.stateDirectory + "/auth.db")
            return
        }
        if url.utf8.elementsEqual("memory:".utf8) {
            self = .memory
        } else if let path = settings.sqlitePath {
            self = .sqlite(path: path)
        } else if let options = try settings.postgresOptions() {
            self = .postgres(options)
        } else {
            let scheme = url.prefix { $0 != ":" }
            throw SettingsError(
                "AUTH_DATABASE_URL names the store \"\(scheme)\"; it can be postgresql://, sqlite:///path or memory:.")
        }
    }

    /// The word for it in `system.info`.
    var kind: String {
        switch self {
        case .memory: "memory"
        case .sqlite: "sqlite"
        case .postgres: "postgresql"
        }
    }

    func open(logger: Logger) throws -> any AuthStore {
        switch self {
        case .memory: return MemoryStore()
        case .sqlite(let path):
            do {
                return try SQLiteStore(path: path) { logger.error("sqlite: \($0)") }
            } catch {
                throw StartFailure(description: error.description)
            }
        case .postgres(let options):
            return PostgresStore(options, domains: IDN2DomainEncoder()) { logger.error("postgresql: \($0)") }
        }
    }
}
