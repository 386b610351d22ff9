internal import CPostgres
internal import Glibc

/// How to reach the database: a libpq URL, completed by the `PG*` variables, and our own defaults beneath both.
public struct PostgresOptions: Sendable {
    private let url: String
    /// False behind a proxy that pools transactions: nothing is then kept in a server's session.
    public let preparesStatements: Bool
    /// How long an operation may take.
    public let timeoutMilliseconds: Int
    /// Connections that write. One more reads, and one listens.
    public let writers: Int

    /// - Parameter url: `postgresql://…` as libpq reads it; `postgresql+asyncpg://` and `postgresql+psycopg://`, as
    ///   found in configurations of Python programs, mean the same.
    /// - Throws: `PostgresStoreError` when libpq cannot read the URL. The error never quotes it.
    public init(
        url: String, preparesStatements: Bool = true, timeoutMilliseconds: Int = 5000, writers: Int = 2
    ) throws(PostgresStoreError) {
        guard let rest = Self.rest(of: url) else {
            throw PostgresStoreError("it must begin with postgresql://")
        }
        self.url = "postgresql://" + rest
        self.preparesStatements = preparesStatements
        self.timeoutMilliseconds = timeoutMilliseconds
        self.writers = max(1, writers)
        try Self.validate(self.url)
    }

    /// Whether a URL is for this store.
    public static func accepts(_ url: String) -> Bool { rest(of: url) != nil }

    private static let schemes = [
        "postgresql://", "postgres://", "postgresql+asyncpg://", "postgresql+psycopg://", "postgresql+psycopg2://",
    ]

    private static func rest(of url: String) -> Substring? {
        schemes.first { url.utf8.starts(with: $0.utf8) }.map { url.dropFirst($0.count) }
    }

    private static func validate(_ url: String) throws(PostgresStoreError) {
        var message: UnsafeMutablePointer<CChar>?
        if let parsed = PQconninfoParse(url, &message) {
            PQconninfoFree(parsed)
            return
        }
        defer { PQfreemem(message) }
        let text = message.map { String(cString: $0) } ?? ""
        // Other messages quote the URL, and with it the password.
        let isHarmless = text.hasPrefix("invalid URI query parameter")
        throw PostgresStoreError(
            isHarmless
                ? text.split(whereSeparator: \.isNewline).joined() : "libpq cannot read it; is it percent-encoded?")
    }

    /// For `PQconnectStartParams`: later ones win, so the URL wins over the defaults before it.
    func keywordsAndValues(for purpose: String) -> (keywords: [String], values: [String]) {
        let defaults = [
            ("fallback_application_name", "mvp-auth \(purpose)"), ("client_encoding", "UTF8"),
            ("tcp_user_timeout", String(timeoutMilliseconds)), ("keepalives_idle", "10"),
            ("keepalives_interval", "2"), ("keepalives_count", "3"), ("gssencmode", "disable"),
        ]
        // A standby answers reads and refuses everything else: the next host is asked, unless PG* or the URL says so.
        let target = getenv("PGTARGETSESSIONATTRS") == nil ? [("target_session_attrs", "read-write")] : []
        let all = defaults + target + [("dbname", url)]
        return (all.map(\.0), all.map(\.1))
    }

    var nanoseconds: UInt64 { UInt64(timeoutMilliseconds) * 1_000_000 }

    /// The server gives up a little before the caller does, so that the caller learns that nothing was done.
    var statementMilliseconds: Int { max(1, timeoutMilliseconds * 9 / 10) }
}

/// Why a database cannot be used, in one sentence without its secrets.
public struct PostgresStoreError: Error, CustomStringConvertible, Sendable {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
