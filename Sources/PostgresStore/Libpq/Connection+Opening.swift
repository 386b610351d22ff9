internal import CPostgres
internal import Glibc
internal import MVPAuth

extension Connection {
    /// Tries the hosts in turn, each with its share of the time that is left.
    static func open(
        _ options: PostgresOptions, for purpose: String, until deadline: UInt64
    ) throws(ConnectionFailure) -> OpaquePointer {
        var failures: [ConnectionFailure] = []
        for (index, host) in options.hosts.enumerated() {
            let now = SystemTime().uptime()
            guard now < deadline else { break }
            let share = (deadline - now) / UInt64(options.hosts.count - index)
            do throws(ConnectionFailure) {
                return try open(options.keywordsAndValues(for: purpose, at: host), until: now + share)
            } catch {
                failures.append(error)
            }
        }
        throw ConnectionFailure(together: failures)
    }

    private static func open(
        _ parameters: (keywords: [String], values: [String]), until deadline: UInt64
    ) throws(ConnectionFailure) -> OpaquePointer {
        let (keywords, values) = parameters
        let link = withCStrings(keywords) { keywords in
            withCStrings(values) { values in PQconnectStartParams(keywords, values, 1) }
        }
        guard let link else { throw ConnectionFailure("out of memory") }
        do throws(ConnectionFailure) {
            try establish(link, until: deadline)
        } catch {
            PQfinish(link)
            throw error
        }
        PQsetErrorVerbosity(link, PQERRORS_DEFAULT)
        guard PQsetnonblocking(link, 1) == 0, PQenterPipelineMode(link) == 1 else {
            defer { PQfinish(link) }
            throw ConnectionFailure(link)
        }
        return link
    }

    /// Goes through the steps of connecting (libpq, PQconnectPoll) under a deadline.
    private static func establish(_ link: OpaquePointer, until deadline: UInt64) throws(ConnectionFailure) {
        // The state code tells a refusal from a server that is not there, in any language.
        PQsetErrorVerbosity(link, PQERRORS_VERBOSE)
        var status = PQstatus(link) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
        while status != PGRES_POLLING_OK {
            guard status == PGRES_POLLING_READING || status == PGRES_POLLING_WRITING else { throw refusal(of: link) }
            let events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT
            guard try wait(on: link, for: events, until: deadline) else { throw .timeout }
            status = PQconnectPoll(link)
        }
    }

    private static func refusal(of link: OpaquePointer) -> ConnectionFailure {
        let failure = ConnectionFailure(link)
        let words = failure.description.split(separator: " ")
        let states = words.filter { $0.utf8.count == 6 && $0.hasSuffix(":") }
        let isRefusal = states.contains { $0.hasPrefix("28") || $0.hasPrefix("3D000") || $0.hasPrefix("42501") }
        return ConnectionFailure(failure.description, isRefusal: isRefusal)
    }

    /// The texts as a NULL-terminated array of C strings.
    private static func withCStrings<R>(
        _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> R
    ) -> R {
        let copies = texts.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        var pointers = copies.map { UnsafePointer($0) }
        pointers.append(nil)
        return body(pointers)
    }
}
