/// The elements of one array, in order.
struct ElementDecoder: UnkeyedDecodingContainer {
    let context: DecodingContext
    let array: Int
    let depth: Int
    private var next: Int
    private(set) var currentIndex = 0

    init(context: DecodingContext, array: Int, depth: Int) {
        self.context = context
        self.array = array
        self.depth = depth
        next = array + 1
    }

    var codingPath: [any CodingKey] { context.codingPath(of: array) }
    var count: Int? { context.nodes[array].count }
    var isAtEnd: Bool { currentIndex >= context.nodes[array].count }

    /// Steps over the next element only if `body` succeeds with it, as the protocol wants.
    private mutating func advance<T>(_ body: (Int) throws -> T) throws -> T {
        guard !isAtEnd else { throw context.mismatch("missing element", at: array) }
        let result = try body(next)
        next = Int(context.nodes[next].next)
        currentIndex += 1
        return result
    }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, context.nodes[next].kind == .null else { return false }
        return try advance { _ in true }
    }

    mutating func decode(_ type: String.Type) throws -> String { try advance(context.string) }

    /// All other types, numbers and booleans among them.
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let (context, depth) = (context, depth)
        return try advance { try context.decode(type, at: $0, depth: depth + 1) }
    }

    mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        try superDecoder().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try superDecoder().unkeyedContainer()
    }

    mutating func superDecoder() throws -> any Decoder {
        let (context, depth) = (context, depth)
        return try advance { ValueDecoder(context: context, node: $0, depth: depth + 1) }
    }
}
