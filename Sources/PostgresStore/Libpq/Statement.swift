internal import MVPAuth

/// A statement, declared beside the operation that runs it. Its values are parameters; no SQL is built from input.
struct Statement: Sendable {
    /// Names the prepared statement; unique among ours.
    let name: String
    let sql: String
    /// What the parameters are called, in the order of their numbers.
    private let parameters: [String]

    /// - Parameter text: with its parameters by name: `:user`. Each may occur several times.
    init(_ name: String, _ text: String) {
        self.name = name
        (sql, parameters) = Self.numbered(text)
    }

    /// The statement with its values. Every parameter has one, and there are no others.
    func with(_ values: KeyValuePairs<String, any Storable> = [:]) -> BoundStatement {
        precondition(values.count == parameters.count, "values that are not those of \(name)")
        var encoded = Parameters()
        for (index, parameter) in parameters.enumerated() {
            // They are mostly written in the order in which they occur.
            let guess = values[index]
            if guess.key == parameter {
                encoded.add(guess.value.stored)
            } else if let value = values.first(where: { $0.key == parameter })?.value {
                encoded.add(value.stored)
            } else {
                preconditionFailure("\(name) has no value for \(parameter)")
            }
        }
        return BoundStatement(name: name, sql: sql, parameters: encoded)
    }

    /// The text with numbers for names, and the names. A cast (`::`) is none.
    private static func numbered(_ text: String) -> (sql: String, names: [String]) {
        var names: [String] = []
        var sql = ""
        let colon = UInt8(ascii: ":")
        var rest = Array(text.utf8)[...]
        while let index = rest.firstIndex(of: colon) {
            sql += String(decoding: rest[..<index], as: UTF8.self)
            let name = rest[(index + 1)...].prefix { $0 == UInt8(ascii: "_") || (0x61...0x7A).contains($0) }
            if name.isEmpty {
                let cast = rest[index...].prefix { $0 == colon }
                // The type's name follows the cast, and is no parameter.
                let type = rest[cast.endIndex...].prefix { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
                sql += String(decoding: rest[index..<type.endIndex], as: UTF8.self)
                rest = rest[type.endIndex...]
                continue
            }
            let text = String(decoding: name, as: UTF8.self)
            let number = names.firstIndex(of: text) ?? names.count
            if number == names.count { names.append(text) }
            sql += "$\(number + 1)"
            rest = rest[name.endIndex...]
        }
        return (sql + String(decoding: rest, as: UTF8.self), names)
    }
}

/// A statement and its values.
struct BoundStatement: Sendable {
    let name: String
    let sql: String
    let parameters: Parameters

    init(name: String, sql: String, parameters: Parameters) {
        self.name = name
        self.sql = sql
        self.parameters = parameters
    }

    /// A statement that was made with numbers for its parameters. It is known by its text.
    init(_ sql: String, _ values: [StoredValue] = []) {
        var parameters = Parameters()
        for value in values { parameters.add(value) }
        self.init(name: sql, sql: sql, parameters: parameters)
    }
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

    /// The transaction collided with another one and may simply run again. An address that was free when it looked may
    /// have been taken since: the next time it sees by whom.
    var isCollision: Bool { state == "40P01" || state == "40001" || state == "55P03" || state == "23505" }

    /// The node does not take writes, or any more statements: another connection may lead to one that does.
    var wantsAnotherConnection: Bool { state == "25006" || state.hasPrefix("57P") || state.hasPrefix("08") }
}
