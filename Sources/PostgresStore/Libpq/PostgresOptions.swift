internal import CPostgres
internal import Glibc

/// How to reach the database: a libpq URL, completed by the `PG*` variables, and our own defaults beneath both.
public struct PostgresOptions: Sendable {
    private let url: String
    let hosts: [Host]
    /// False behind a proxy that pools transactions: nothing is then kept in a server's session.
    public let preparesStatements: Bool
    /// How long an operation may take.
    public let timeoutMilliseconds: Int
    /// Connections that write in batches, and as many for transactions of several steps. Two more read, and one listens.
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
        guard Self.separatesPassword(rest) else {
            throw PostgresStoreError(
                "a character of its user or password must be percent-encoded: @ is %40, / is %2F, : is %3A, ? is %3F")
        }
        self.url = "postgresql://" + rest
        self.preparesStatements = preparesStatements
        self.timeoutMilliseconds = timeoutMilliseconds
        self.writers = max(1, writers)
        hosts = Self.hosts(of: try Self.parse(self.url))
    }

    /// Whether a URL is for this store.
    public static func accepts(_ url: String) -> Bool { rest(of: url) != nil }

    private static let schemes = [
        "postgresql://", "postgres://", "postgresql+asyncpg://", "postgresql+psycopg://", "postgresql+psycopg2://",
    ]

    private static func rest(of url: String) -> Substring? {
        schemes.first { url.utf8.starts(with: $0.utf8) }.map { url.dropFirst($0.count) }
    }

    /// Whether everybody finds the same end of the password. Where an `@`, a `/` or a `?` stands in it as it is, libpq takes
    /// a piece of it for a host, a port or a parameter, and shows that in messages.
    private static func separatesPassword(_ rest: Substring) -> Bool {
        let at = UInt8(ascii: "@")
        let end = rest.utf8.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.utf8.endIndex
        let path = rest.utf8[end...].prefix { $0 != UInt8(ascii: "?") }
        let query = rest.utf8[end...].dropFirst(path.count)
        // A parameter that we know begins with a name.
        let isQuery = query.dropFirst().split(separator: UInt8(ascii: "&")).allSatisfy { parameter in
            let name = parameter.prefix { $0 != UInt8(ascii: "=") }
            return name.count < parameter.count
                && name.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "_") }
        }
        let user = rest.utf8[..<end]
        guard user.count(where: { $0 == at }) <= 1, !path.contains(at) else { return false }
        return user.contains(at)
            || (isQuery || !query.contains(at)) && user.split(separator: UInt8(ascii: ",")).allSatisfy(hasPort)
    }

    /// Whether what follows the last colon of a host is a port, if anything does.
    private static func hasPort(_ host: Substring.UTF8View) -> Bool {
        guard let colon = host.lastIndex(of: UInt8(ascii: ":")), host.last != UInt8(ascii: "]") else { return true }
        return host[colon...].dropFirst().allSatisfy { (0x30...0x39).contains($0) }
    }

    /// What libpq reads in a URL, by keyword.
    private static func parse(_ url: String) throws(PostgresStoreError) -> [String: String] {
        var message: UnsafeMutablePointer<CChar>?
        guard let parsed = PQconninfoParse(url, &message) else {
            defer { PQfreemem(message) }
            let text = message.map { String(cString: $0) } ?? ""
            // Other messages quote the URL, and with it the password.
            let isHarmless = text.hasPrefix("invalid URI query parameter")
            throw PostgresStoreError(
                isHarmless
                    ? text.split(whereSeparator: \.isNewline).joined() : "libpq cannot read it; is it percent-encoded?")
        }
        defer { PQconninfoFree(parsed) }
        var values: [String: String] = [:]
        var option = parsed
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return values
    }

    /// The hosts to try in turn. libpq would try them by itself, but wait for a silent one until all time is gone.
    private static func hosts(of values: [String: String]) -> [Host] {
        func list(_ keyword: String, _ variable: String) -> [String] {
            let text = values[keyword] ?? getenv(variable).map { String(cString: $0) } ?? ""
            return text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let (names, addresses) = (list("host", "PGHOST"), list("hostaddr", "PGHOSTADDR"))
        let ports = list("port", "PGPORT")
        let count = max(names.count, addresses.count)
        return (0..<max(1, count)).map { index in
            guard count > 1 else { return Host(keywords: [], values: []) }
            let pairs = [("host", names), ("hostaddr", addresses), ("port", ports)].compactMap { keyword, list in
                list.isEmpty ? nil : (keyword, list.count == 1 ? list[0] : index < list.count ? list[index] : "")
            }
            return Host(keywords: pairs.map(\.0), values: pairs.map(\.1))
        }
    }

    /// What is said of one of several hosts.
    struct Host: Sendable {
        let keywords: [String]
        let values: [String]
    }

    /// For `PQconnectStartParams`: later ones win, so the URL wins over the defaults before it.
    func keywordsAndValues(
        for purpose: String, at host: Host? = nil
    ) -> (keywords: [String], values: [String]) {
        let defaults = [
            ("fallback_application_name", "mvp-auth \(purpose)"), ("client_encoding", "UTF8"),
            ("tcp_user_timeout", String(timeoutMilliseconds)), ("keepalives_idle", "10"),
            ("keepalives_interval", "2"), ("keepalives_count", "3"),
        ]
        // Where a variable says otherwise, it is asked. A standby answers reads and refuses everything else.
        let variable = [
            ("target_session_attrs", "read-write", "PGTARGETSESSIONATTRS"), ("gssencmode", "disable", "PGGSSENCMODE"),
        ].filter { getenv($0.2) == nil }.map { ($0.0, $0.1) }
        let all = defaults + variable + [("dbname", url)]
        return (all.map(\.0) + (host?.keywords ?? []), all.map(\.1) + (host?.values ?? []))
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
