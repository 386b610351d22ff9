/// Where a page of a list ends, so that the next one goes on behind it.
///
/// Lists are paged by (created_at, id), which no row ever changes: whoever inserts and deletes meanwhile, a row that
/// stays is on exactly one page. To callers a cursor is an opaque text.
package struct PageCursor<Entity>: Sendable, Equatable {
    package let createdAt: Timestamp
    package let id: Identifier<Entity>

    package init(createdAt: Timestamp, id: Identifier<Entity>) {
        self.createdAt = createdAt
        self.id = id
    }

    /// What the keys of cursors are derived for.
    package static var purpose: String { "mvp-auth/cursor" }

    package func text(in list: PagedList, by key: any DerivedKey) -> String {
        key.seal(Self.words(UInt64(bitPattern: createdAt.microseconds), id.high, id.low), in: list.context)
    }

    /// Reads what `text` has written for the same list. Throws `INVALID_PARAMS` naming `cursor` for anything else:
    /// nobody makes a cursor up, or carries one to a list that says less of who may see what.
    package init(_ text: String, in list: PagedList, by key: any DerivedKey) throws(AuthError) {
        // A long text is not even decoded.
        guard text.utf8.count <= Self.longestText, let bytes = key.open(text, in: list.context), bytes.count == 24
        else { throw AuthError(.invalidParams, fields: [.init("cursor", "is not one of this list")]) }
        func word(_ index: Int) -> UInt64 { bytes[(index * 8)..<(index * 8 + 8)].reduce(0) { $0 << 8 | UInt64($1) } }
        createdAt = Timestamp(microseconds: Int64(bitPattern: word(0)))
        id = Identifier(high: word(1), low: word(2))
    }

    private static var longestText: Int { 64 }

    private static func words(_ words: UInt64...) -> [UInt8] {
        words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
    }
}

/// A list that is paged: the method that answers it, and what it was asked for. A cursor belongs to one such list.
package struct PagedList: Sendable {
    private let parts: [String?]

    /// - Parameter filters: the params that choose the rows, in the order of the method's declaration, and as the caller
    ///   has written them.
    package init(_ method: String, filters: [String?]) {
        parts = [method] + filters
    }

    /// Another list has other bytes: each part says how long it is, and whether it is there.
    fileprivate var context: [UInt8] {
        parts.flatMap { part -> [UInt8] in
            guard let part else { return [0] }
            let bytes = Array(part.utf8)
            let length = UInt32(truncatingIfNeeded: bytes.count)
            return [1] + (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) } + bytes
        }
    }
}
