/// Walking objects and arrays.
extension JSONValue {
    /// The member with this name. Of several (a defect), the first.
    @inlinable
    package subscript(name: StaticString) -> JSONValue? {
        self[UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)]
    }

    @inlinable
    package subscript(name: UnsafeBufferPointer<UInt8>) -> JSONValue? {
        for member in members where member.name.stringEquals(name) { return member.value }
        return nil
    }

    /// The member with this name, which is only known at run time.
    package func member(named name: String) -> JSONValue? {
        var name = name
        return name.withUTF8 { self[$0] }
    }

    /// The element at `position`, nil after the end.
    package subscript(position: Int) -> JSONValue? {
        guard position >= 0 && position < count else { return nil }
        return elements.dropFirst(position).first { _ in true }
    }

    /// The members of an object in the order of the text; of any other value, none.
    @inlinable
    package var members: Members { Members(of: self) }

    /// The elements of an array; of any other value, none.
    @inlinable
    package var elements: Elements { Elements(of: self) }

    @usableFromInline
    package struct Members: Sequence, IteratorProtocol {
        @usableFromInline let document: JSONDocument
        @usableFromInline var index: Int
        @usableFromInline var left: Int

        @inlinable
        init(of value: JSONValue) {
            document = value.document
            index = value.index + 1
            left = value.kind == .object ? value.node.count : 0
        }

        @inlinable
        package mutating func next() -> (name: JSONValue, value: JSONValue)? {
            guard left > 0 else { return nil }
            left -= 1
            let name = index
            index = Int(document.nodes[name + 1].next)
            return (JSONValue(document: document, index: name), JSONValue(document: document, index: name + 1))
        }
    }

    @usableFromInline
    package struct Elements: Sequence, IteratorProtocol {
        @usableFromInline let document: JSONDocument
        @usableFromInline var index: Int
        @usableFromInline var left: Int

        @inlinable
        init(of value: JSONValue) {
            document = value.document
            index = value.index + 1
            left = value.kind == .array ? value.node.count : 0
        }

        @inlinable
        package mutating func next() -> JSONValue? {
            guard left > 0 else { return nil }
            left -= 1
            let element = index
            index = Int(document.nodes[element].next)
            return JSONValue(document: document, index: element)
        }
    }
}
