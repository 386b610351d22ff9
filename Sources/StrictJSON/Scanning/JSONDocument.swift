/// A scanned text: its bytes, its tape of nodes and its defects. ``JSONValue`` is the way to read it.
///
/// The bytes are a copy (some ten nanoseconds for a usual line), so values stay valid however long they are kept:
/// a value holds its document. ``JSONScanner`` writes the next text into the same document only while nobody else
/// holds it, which is also what makes it safe to hand to other threads. They may be secret: of a text that is over
/// nothing stays in memory.
@usableFromInline
package final class JSONDocument: @unchecked Sendable {
    // SAFETY: written only through `read`, which only JSONScanner calls and only on a document it holds alone.
    /// The text, followed by sixteen zero bytes, so that scanning needs no look at the length.
    @exclusivity(unchecked) @usableFromInline private(set) var text: UnsafeMutablePointer<UInt8>
    @exclusivity(unchecked) @usableFromInline private(set) var nodes: UnsafePointer<JSONNode>
    @exclusivity(unchecked) private(set) var count = 0
    @exclusivity(unchecked) private var capacity: Int
    @exclusivity(unchecked) private var tape: JSONTape
    @exclusivity(unchecked) package private(set) var defects: [JSONDefect] = []

    static let padding = 16

    init() {
        capacity = 512
        text = .allocate(capacity: capacity + JSONDocument.padding)
        tape = JSONTape()
        nodes = UnsafePointer(tape.base)
    }

    deinit {
        forget()
        text.deallocate()
    }

    /// Whether an unusually large text has left more memory behind than is worth keeping (about 128 KiB).
    var isOversized: Bool { capacity > 1 << 16 || tape.capacity > 1 << 12 }

    package var root: JSONValue { JSONValue(document: self, index: 0) }

    func read(_ source: UnsafeRawBufferPointer, depthLimit: Int) throws(JSONSyntaxError) {
        forget()
        count = source.count
        if count > capacity {
            text.deallocate()
            capacity = count
            text = .allocate(capacity: capacity + JSONDocument.padding)
        }
        if let start = source.baseAddress {
            UnsafeMutableRawPointer(text).copyMemory(from: start, byteCount: count)
        }
        UnsafeMutableRawPointer(text + count).initializeMemory(
            as: UInt8.self, repeating: 0, count: JSONDocument.padding)
        tape.removeAll()
        if !defects.isEmpty { defects = [] }
        var scan = TextScan(text: UnsafePointer(text), end: count, depthLimit: depthLimit)
        try scan.run(into: &tape, defects: &defects)
        nodes = UnsafePointer(tape.base)
    }

    /// Overwrites the text. Its values read zeroes from then on: nobody may hold one.
    func forget() {
        overwrite(UnsafeMutableRawBufferPointer(start: text, count: count))
        count = 0
    }

    /// The first defect inside the subtree of `value`, or in its own string.
    package func firstDefect(in value: JSONValue) -> JSONDefect? {
        if defects.isEmpty { return nil }
        let subtree = value.index..<Int(nodes[value.index].next)
        return defects.first { subtree.contains($0.node) }
    }
}
