internal import CPostgres

/// What a server has answered, in its order; nil ends the answers to a statement.
final class Answers {
    private var results: [OpaquePointer?] = []
    private var position = 0
    private var syncs: Int
    private var gaps = 0
    /// Why there is no more.
    var failure: ConnectionFailure?

    /// - Parameter syncs: how many syncs end it.
    init(syncs: Int) {
        self.syncs = syncs
    }

    deinit { for case let result? in results[position...] { PQclear(result) } }

    var isComplete: Bool { syncs == 0 || failure != nil }

    func append(_ result: OpaquePointer?) {
        results.append(result)
        gaps = result == nil ? gaps + 1 : 0
        if let result, PQresultStatus(result) == PGRES_PIPELINE_SYNC { syncs -= 1 }
        // An error of the commit ends with none too; more than that is no answer.
        if gaps > 2 { failure = Self.outOfTurn }
    }

    private static let outOfTurn = ConnectionFailure("the database answered out of turn")

    private static func error(_ result: OpaquePointer) -> ServerError {
        defer { PQclear(result) }
        return ServerError(result)
    }

    private func next() throws(ConnectionFailure) -> OpaquePointer? {
        guard position < results.count else { throw failure ?? .timeout }
        defer { position += 1 }
        return results[position]
    }

    /// Reads what a group and its sync were answered with.
    ///
    /// An error comes with one of the calls, or with the sync: the commit itself has failed then (a deferred constraint,
    /// a serialization failure). Either way the group was undone, whatever becomes of the connection. A fatal error is
    /// the server's last word: it has not begun what came after.
    func judge(_ count: Int, into exchange: inout Connection.Exchange) throws(ConnectionFailure) {
        var rows: [Rows] = []
        rows.reserveCapacity(count)
        var callError: ServerError?
        var commitError: ServerError?
        do throws(ConnectionFailure) {
            for _ in 0..<count {
                guard let result = try next() else { throw Self.outOfTurn }
                switch PQresultStatus(result) {
                case PGRES_TUPLES_OK, PGRES_COMMAND_OK: rows.append(Rows(result))
                case PGRES_PIPELINE_ABORTED: PQclear(result)
                default:
                    let said = Self.error(result)
                    callError = callError ?? said
                }
                // Each call's results end with none.
                guard try next() == nil else { throw Self.outOfTurn }
            }
            // An error of the commit ends with none too.
            var gaps = 0
            while gaps < 2 {
                guard let result = try next() else {
                    gaps += 1
                    continue
                }
                if PQresultStatus(result) == PGRES_PIPELINE_SYNC {
                    PQclear(result)
                    let error = callError ?? commitError
                    exchange.outcomes.append(error.map { .failure($0) } ?? .success(rows))
                    return
                }
                let said = Self.error(result)
                commitError = commitError ?? said
            }
            throw Self.outOfTurn
        } catch {
            if let undone = callError ?? commitError.flatMap({ $0.isFatal ? nil : $0 }) {
                exchange.outcomes.append(.failure(undone))
                exchange.unknown = undone.isFatal ? 0 : .max
            } else {
                exchange.unknown = commitError == nil ? .max : 1
            }
            throw error
        }
    }
}
