internal import AuthSettings
internal import Host
internal import InternationalDomains
internal import Logging
internal import MVPAuth
internal import MemoryStore
internal import PostgresStore
internal import Preflight
internal import SQLiteStore

extension StoreLocation {
    /// Opens the store. A database is made in the place of one that was lost only when that is wanted.
    func open(allowsNew: Bool, logger: Logger) throws -> any AuthStore {
        switch self {
        case .memory: return MemoryStore()
        case .sqlite(let path):
            if !allowsNew, let loss = lossOfFile { throw SettingsError(loss) }
            let isNew = isNewFile
            do {
                let store = try SQLiteStore(path: path) { logger.error("sqlite: \($0)") }
                if isNew { logger.notice("a new database was made", metadata: ["path": "\(path)"]) }
                return store
            } catch {
                throw StartFailure(error.description)
            }
        case .postgres(let options):
            return PostgresStore(options, domains: IDN2DomainEncoder()) { logger.error("postgresql: \($0)") }
        }
    }
}
