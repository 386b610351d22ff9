internal import CPostgres

/// Why there is no connection, or no longer one.
struct ConnectionFailure: Error, CustomStringConvertible {
    let description: String
    /// The server was reached and refused: a wrong password, no such database. Trying again soon is of no use.
    let isRefusal: Bool

    static let timeout = ConnectionFailure("the database did not answer in time")

    init(_ description: String, isRefusal: Bool = false) {
        self.description = description
        self.isRefusal = isRefusal
    }

    /// What was said of each of several hosts. A refusal by one is not the last word while another may come back.
    init(together failures: [ConnectionFailure]) {
        guard failures.count > 1 else {
            self = failures.first ?? .timeout
            return
        }
        var sentences: [String] = []
        for failure in failures where !sentences.contains(failure.description) { sentences.append(failure.description) }
        self.init(sentences.joined(separator: "; "), isRefusal: failures.allSatisfy(\.isRefusal))
    }

    /// What libpq says of the connection, on one line.
    init(_ link: OpaquePointer) {
        let text = PQerrorMessage(link).map { String(cString: $0) } ?? ""
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        self.init(line.isEmpty ? "the database closed the connection" : line)
    }
}
