/// Which part of a list is wanted.
package struct PageRequest: Sendable {
    package let list: PagedList
    package let cursor: String?
    package let limit: Int

    package init(_ list: PagedList, after cursor: String?, limit: Int) {
        self.list = list
        self.cursor = cursor
        self.limit = limit
    }

    /// Where the part begins. Throws `INVALID_PARAMS` for a cursor that is none of this list.
    func cursor<Entity>(by key: any DerivedKey) throws(AuthError) -> PageCursor<Entity>? {
        guard let cursor else { return nil }
        return try PageCursor(cursor, in: list, by: key)
    }

    /// The part, of which one element more than is wanted has been read: that says whether there is another part.
    func page<Element, Entity>(
        of found: [Element], by key: any DerivedKey, _ place: (Element) -> PageCursor<Entity>
    ) -> Page<Element> {
        let elements = Array(found.prefix(limit))
        guard found.count > limit, let last = elements.last else { return Page(elements: elements, next: nil) }
        return Page(elements: elements, next: place(last).text(in: list, by: key))
    }
}

/// A part of a list, and the cursor of the next one. Nil: this was the last.
package struct Page<Element: Sendable>: Sendable {
    package let elements: [Element]
    package let next: String?
}
