import PostgresServer
import Testing

/// A durable store that a daemon can be started on.
enum Backend: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case sqlite = "SQLite"
    case postgresql = "PostgreSQL"

    var testDescription: String { rawValue }

    /// The settings of a daemon on a store of its own.
    func settings() throws -> [String: String] {
        switch self {
        case .sqlite: return [:]
        case .postgresql:
            let server = try PostgresServer.shared.get()
            return ["AUTH_DATABASE_URL": server.url(of: try server.makeDatabase())]
        }
    }
}
