import Foundation
import MVPAuth

/// Rows by the names of their tables. A row is its values in the order of the record's columns.
struct Tables: Sendable {
    private var rows: [String: [[StoredValue]]] = [:]

    init() {}

    subscript(table: String) -> [[StoredValue]] {
        get { rows[table] ?? [] }
        set { rows[table] = newValue }
    }

    init(_ data: Data) throws {
        rows = try JSONDecoder().decode([String: [[Cell]]].self, from: data).mapValues { $0.map { $0.map(\.value) } }
    }

    /// Writes another file and puts it in the place of the old one, once it is on the disk.
    func save(to file: URL) throws {
        let data = try JSONEncoder().encode(rows.mapValues { $0.map { $0.map(Cell.init) } })
        let new = file.appendingPathExtension("new")
        guard FileManager.default.createFile(atPath: new.path, contents: nil, attributes: [.posixPermissions: 0o600])
        else { throw CocoaError(.fileWriteUnknown) }
        let handle = try FileHandle(forWritingTo: new)
        try handle.write(contentsOf: data)
        try handle.synchronize()
        try handle.close()
        guard rename(new.path, file.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}

/// A value in JSON: the first member that is there says its kind.
private struct Cell: Codable {
    var text: String?
    var integer: Int64?
    var flag: Bool?
    var microseconds: Int64?
    var id: String?

    init(_ value: StoredValue) {
        switch value {
        case .null: break
        case .text(let text): self.text = text
        case .integer(let number): integer = number
        case .flag(let flag): self.flag = flag
        case .instant(let instant): microseconds = instant.microseconds
        case .identifier(let high, let low): id = UserID(high: high, low: low).description
        }
    }

    var value: StoredValue {
        if let text { return .text(text) }
        if let integer { return .integer(integer) }
        if let flag { return .flag(flag) }
        if let microseconds { return .instant(Timestamp(microseconds: microseconds)) }
        return id.flatMap { UserID($0) }?.stored ?? .null
    }
}
