internal import MVPAuth

/// A statement, declared beside the operation that runs it. Its values are parameters; no SQL is built from input.
struct Statement: Sendable {
    /// Names the prepared statement; unique among ours.
    let name: String
    let sql: String

    init(_ name: String, _ sql: String) {
        self.name = name
        self.sql = sql
    }

    /// The statement with its values.
    func with(_ bind: (inout Parameters) -> Void = { _ in }) -> Call {
        var parameters = Parameters()
        bind(&parameters)
        return Call(statement: self, parameters: parameters)
    }
}

struct Call: Sendable {
    let statement: Statement
    let parameters: Parameters
}

/// What the server said instead of a result.
struct ServerError: Error, CustomStringConvertible {
    /// Five characters (PostgreSQL, appendix A).
    let state: String
    /// The primary message only: the details quote values.
    let message: String
    /// The server has closed the connection with it.
    var isFatal = false

    var description: String { "\(state): \(message)" }

    /// The transaction collided with another one and may simply run again.
    var isCollision: Bool { state == "40P01" || state == "40001" || state == "55P03" }

    /// The node does not take writes, or any more statements: another connection may lead to one that does.
    var wantsAnotherConnection: Bool { state == "25006" || state.hasPrefix("57P") || state.hasPrefix("08") }
}
