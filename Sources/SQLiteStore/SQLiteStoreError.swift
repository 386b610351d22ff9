/// Why a database cannot be used, in one sentence.
public struct SQLiteStoreError: Error, CustomStringConvertible, Sendable {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
