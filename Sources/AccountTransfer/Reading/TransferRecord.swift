internal import MVPAuth
internal import StrictJSON

/// Named values of a row: the members of a JSON object, or the fields of a line of CSV, which are text.
struct TransferRecord: Sendable {
    let members: [JSON.Member]

    var names: [String] { members.map(\.name) }

    /// Nil where there is nothing: no member, null, or an empty field.
    subscript(name: String) -> JSON? {
        guard let value = members.first(where: { $0.name.utf8.elementsEqual(name.utf8) })?.value else { return nil }
        switch value {
        case .null: return nil
        case .string(let text) where text.utf8.isEmpty: return nil
        default: return value
        }
    }

    /// The first of these names under which there is something; the first of all where there is nothing.
    func name(_ names: String...) -> String { names.first { self[$0] != nil } ?? names[0] }

    func text(_ name: String) throws(TransferProblem) -> String? {
        guard let value = self[name] else { return nil }
        guard let text = value.string else { throw TransferProblem("\(name) must be text") }
        return text
    }

    /// The address. Every account has one.
    func address(_ name: String = "email") throws(TransferProblem) -> String {
        guard let text = try text(name) else { throw TransferProblem("it has no address (\(name))") }
        return text
    }

    /// True and false as JSON and databases write them.
    func flag(_ name: String) throws(TransferProblem) -> Bool? {
        switch self[name] {
        case nil: return nil
        case .bool(let flag): return flag
        case .int(1): return true
        case .int(0): return false
        case .string(let text):
            switch text.lowercased() {
            case "true", "t", "1", "yes": return true
            case "false", "f", "0", "no": return false
            default: break
            }
        default: break
        }
        throw TransferProblem("\(name) must be true or false")
    }

    func time(_ name: String) throws(TransferProblem) -> Timestamp? {
        switch self[name] {
        case nil: return nil
        case .string(let text): if let time = Timestamp(written: text) { return time }
        case .int(let number): if let time = Timestamp(number: number) { return time }
        // What MongoDB exports: {"$date": …}.
        case .object(let members):
            if members.count == 1, members[0].name == "$date" {
                return try TransferRecord(members: [.init(name, members[0].value)]).time(name)
            }
        default: break
        }
        throw TransferProblem("\(name) must be a time")
    }

    /// A UUID, with or without hyphens.
    func identifier(_ name: String) throws(TransferProblem) -> UserID? {
        guard let text = try text(name) else { return nil }
        guard let id = UserID(loosely: text) else { throw TransferProblem("\(name) must be a UUID") }
        return id
    }

    /// The identifier where it is a UUID; other software has others, which nothing here can keep.
    func identifierIfUUID(_ name: String) -> UserID? { self[name]?.string.flatMap { UserID(loosely: $0) } }

    /// A hash; nil also for the marks of one that is not to be used.
    func hash(_ name: String) throws(TransferProblem) -> String? {
        guard let text = try text(name), text.utf8.first != UInt8(ascii: "!"), !text.utf8.elementsEqual("*".utf8) else {
            return nil
        }
        return text
    }
}

extension UserID {
    fileprivate init?(loosely text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 32 else {
            self.init(anyCase: text)
            return
        }
        let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(decoding: digits[$0], as: UTF8.self) }
        self.init(anyCase: parts.joined(separator: "-"))
    }
}
