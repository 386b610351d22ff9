/// What the decoders of one value share: where they are, and what has been asked for.
///
/// Coding paths are not kept: an error finds its path from the node it happened at.
final class DecodingContext {
    let document: JSONDocument
    let nodes: UnsafePointer<JSONNode>
    let root: Int
    let positions: [String]?
    /// Names that were asked for, and objects and arrays that were opened.
    // SAFETY: one decoder at a time; nothing here calls out.
    @exclusivity(unchecked) private var seen: NodeSet
    /// Containers taken as they are, with all that is in them.
    @exclusivity(unchecked) private var whole: NodeSet
    /// Per depth, where in a large object the next search starts: names mostly come in order.
    @exclusivity(unchecked) private var hints: [(object: Int, name: Int)] = []

    init(_ value: JSONValue, positions: [String]?) {
        document = value.document
        // SAFETY: the context holds the document, whose nodes do not move while somebody holds it.
        nodes = value.document.nodes
        root = value.index
        self.positions = positions
        seen = NodeSet(from: value.index)
        whole = NodeSet(from: value.index)
    }

    func value(at node: Int) -> JSONValue { JSONValue(document: document, index: node) }

    func path(of node: Int) -> String { document.path(from: root, to: node, positions: positions ?? []) }

    func open(_ node: Int) { seen.insert(node) }

    /// A value that is taken as it is, with all that is in it.
    func taken(at node: Int) -> JSONValue {
        whole.insert(node)
        return value(at: node)
    }

    func decode<T: Decodable>(_ type: T.Type, at node: Int, depth: Int) throws -> T {
        if type == JSON.self {
            // SAFETY: T is JSON.
            return unsafeBitCast(try JSON(taken(at: node)), to: T.self)
        }
        do {
            return try T(from: ValueDecoder(context: self, node: node, depth: depth))
        } catch let mismatch as JSONMismatch {
            throw mismatch
        } catch {
            throw mismatch(error, at: node)
        }
    }

    /// The value of the member `name` of the object (or of the params array) `object`; nil where there is none.
    @inline(__always)
    func find(_ name: String, in object: Int, depth: Int) -> Int? {
        // A Swift string of up to 15 bytes lives in the value itself: `withUTF8` gives it an address.
        var name = name
        return name.withUTF8 { find($0, in: object, depth: depth) }
    }

    private func find(_ name: UnsafeBufferPointer<UInt8>, in object: Int, depth: Int) -> Int? {
        let count = nodes[object].count
        if nodes[object].kind == .array { return position(name, in: object) }
        var here = object + 1
        if count > 16, let hint = hint(for: object, depth: depth) { here = hint }
        let end = Int(nodes[object].next)
        for _ in 0..<count {
            if document.isString(at: here, name) {
                seen.insert(here)
                if count > 16 { setHint(Int(nodes[here + 1].next), for: object, depth: depth) }
                return here + 1
            }
            here = Int(nodes[here + 1].next)
            if here == end { here = object + 1 }
        }
        return nil
    }

    private func position(_ name: UnsafeBufferPointer<UInt8>, in array: Int) -> Int? {
        guard let positions, let position = positions.firstIndex(where: { $0.utf8.elementsEqual(name) }),
            position < nodes[array].count
        else { return nil }
        var element = array + 1
        for _ in 0..<position { element = Int(nodes[element].next) }
        return element
    }

    private func hint(for object: Int, depth: Int) -> Int? {
        guard depth < hints.count, hints[depth].object == object else { return nil }
        return hints[depth].name < Int(nodes[object].next) ? hints[depth].name : nil
    }

    private func setHint(_ name: Int, for object: Int, depth: Int) {
        while hints.count <= depth { hints.append((object: -1, name: 0)) }
        hints[depth] = (object, name)
    }

    func isSeen(_ node: Int) -> Bool { seen.contains(node) }

    func isTakenWhole(_ node: Int) -> Bool { whole.contains(node) }
}

/// A set of nodes at and after a first one; the first 64 cost no allocation.
struct NodeSet {
    private let first: Int
    private var low: UInt64 = 0
    private var high: [UInt64] = []

    init(from first: Int) { self.first = first }

    @inline(__always)
    mutating func insert(_ node: Int) {
        let place = node &- first
        if place < 64 { low |= 1 << UInt64(place) } else { insertHigh(place) }
    }

    @inline(never)
    private mutating func insertHigh(_ place: Int) {
        let word = place >> 6
        if word >= high.count { high.append(contentsOf: repeatElement(0, count: word + 1 - high.count)) }
        high[word] |= 1 << UInt64(place & 63)
    }

    func contains(_ node: Int) -> Bool {
        let place = node &- first
        if place < 64 { return low & (1 << UInt64(place)) != 0 }
        let word = place >> 6
        return word < high.count && high[word] & (1 << UInt64(place & 63)) != 0
    }
}
