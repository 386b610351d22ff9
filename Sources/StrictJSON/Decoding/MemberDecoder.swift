/// The members of one object, by name.
struct MemberDecoder<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let context: DecodingContext
    let object: Int
    let depth: Int

    var codingPath: [any CodingKey] { context.codingPath(of: object) }

    /// As they stand there: for dictionaries.
    var allKeys: [Key] {
        context.value(at: object).members.compactMap { Key(stringValue: $0.name.string ?? "") }
    }

    @inline(__always)
    private func find(_ key: Key) -> Int? { context.find(MemberName.of(key), in: object, depth: depth) }

    @inline(__always)
    private func value(_ key: Key) throws -> Int {
        guard let node = find(key) else { throw context.missing(MemberName.of(key), in: object) }
        return node
    }

    /// The value unless it is missing or null, which mean the same for an optional member.
    @inline(__always)
    private func present(_ key: Key) -> Int? {
        guard let node = find(key), context.nodes[node].kind != .null else { return nil }
        return node
    }

    func contains(_ key: Key) -> Bool { find(key) != nil }
    func decodeNil(forKey key: Key) throws -> Bool { context.nodes[try value(key)].kind == .null }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try context.bool(at: value(key)) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try context.string(at: value(key)) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try context.double(at: value(key)) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try context.integer(at: value(key)) }

    /// All other types, the smaller integers among them.
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        try context.decode(type, at: value(key), depth: depth + 1)
    }

    // One search each; the defaults of the protocol make three.
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try present(key).map(context.bool) }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        try present(key).map(context.string)
    }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        try present(key).map { try context.integer(at: $0) }
    }
    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        try present(key).map { try context.decode(type, at: $0, depth: depth + 1) }
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try ValueDecoder(context: context, node: value(key), depth: depth + 1).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try ValueDecoder(context: context, node: value(key), depth: depth + 1).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder {
        guard let node = context.find("super", in: object, depth: depth) else {
            throw context.missing("super", in: object)
        }
        return ValueDecoder(context: context, node: node, depth: depth + 1)
    }

    func superDecoder(forKey key: Key) throws -> any Decoder {
        ValueDecoder(context: context, node: try value(key), depth: depth + 1)
    }
}
