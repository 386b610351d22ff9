/// Reading and comparing strings.
extension JSONValue {
    /// The string, unescaped. A lone surrogate reads as U+FFFD; the document lists it as a defect.
    package var string: String? {
        guard kind == .string else { return nil }
        return withUnescapedBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// The string's UTF-8, unescaped.
    package var stringBytes: [UInt8]? {
        guard kind == .string else { return nil }
        return withUnescapedBytes { Array($0) }
    }

    /// Calls `body` with the string's UTF-8, unescaped; nothing is copied unless the string has escapes. Of a value
    /// that is not a string, the buffer is empty.
    @inlinable
    package func withUnescapedBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
        let node = node
        guard node.kind == .string else { return try body(UnsafeBufferPointer(start: nil, count: 0)) }
        return try withExtendedLifetime(document) {
            let inside = UnsafeBufferPointer(
                start: UnsafePointer(document.text) + Int(node.start) + 1, count: Int(node.end - node.start) - 2)
            guard node.flag else { return try body(inside) }
            return try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: inside.count) { scratch in
                let count = Unescape.write(inside, to: scratch)
                return try body(UnsafeBufferPointer(start: scratch.baseAddress, count: count))
            }
        }
    }

    /// Whether this is the string `text`, byte by byte after unescaping.
    @inlinable
    package func stringEquals(_ text: StaticString) -> Bool {
        stringEquals(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    @inlinable
    package func stringEquals(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        document.isString(at: index, bytes)
    }
}

/// The same by index, for loops that look at many nodes of one document and should not count references for each.
extension JSONDocument {
    @inlinable
    package func isString(at index: Int, _ text: StaticString) -> Bool {
        isString(at: index, UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    @inlinable
    package func isString(at index: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let node = nodes[index]
        guard node.kind == .string else { return false }
        if node.flag { return isEscapedString(at: index, bytes) }
        guard Int(node.end &- node.start) &- 2 == bytes.count else { return false }
        guard let start = bytes.baseAddress else { return true }
        return Bytes.areEqual(UnsafePointer(text) + Int(node.start) + 1, start, bytes.count)
    }

    @usableFromInline
    func isEscapedString(at index: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        JSONValue(document: self, index: index).withUnescapedBytes { $0.elementsEqual(bytes) }
    }

    @inlinable
    package func value(at index: Int) -> JSONValue { JSONValue(document: self, index: index) }

    @inlinable
    package func kind(at index: Int) -> JSONKind { nodes[index].kind }

    /// The index after the subtree at `index`: the next sibling's, if there is one.
    @inlinable
    package func next(after index: Int) -> Int { Int(nodes[index].next) }
}
