/// The decoder of one value, and its container if the value is a single one. Three words, so that it needs no box.
struct ValueDecoder: Decoder, SingleValueDecodingContainer {
    let context: DecodingContext
    let node: Int
    let depth: Int

    var codingPath: [any CodingKey] { context.codingPath(of: node) }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        let kind = context.nodes[node].kind
        guard kind == .object || (kind == .array && node == context.root && context.positions != nil) else {
            throw context.mismatch(expected: "an object", at: node)
        }
        context.open(node)
        return KeyedDecodingContainer(MemberDecoder<Key>(context: context, object: node, depth: depth))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard context.nodes[node].kind == .array else { throw context.mismatch(expected: "an array", at: node) }
        context.open(node)
        return ElementDecoder(context: context, array: node, depth: depth)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

    func decodeNil() -> Bool { context.nodes[node].kind == .null }
    func decode(_ type: Bool.Type) throws -> Bool { try context.bool(at: node) }
    func decode(_ type: String.Type) throws -> String { try context.string(at: node) }
    func decode(_ type: Double.Type) throws -> Double { try context.double(at: node) }
    func decode(_ type: Float.Type) throws -> Float { try context.float(at: node) }
    func decode(_ type: Int.Type) throws -> Int { try context.integer(at: node) }
    func decode(_ type: Int8.Type) throws -> Int8 { try context.integer(at: node) }
    func decode(_ type: Int16.Type) throws -> Int16 { try context.integer(at: node) }
    func decode(_ type: Int32.Type) throws -> Int32 { try context.integer(at: node) }
    func decode(_ type: Int64.Type) throws -> Int64 { try context.integer(at: node) }
    func decode(_ type: UInt.Type) throws -> UInt { try context.integer(at: node) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try context.integer(at: node) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try context.integer(at: node) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try context.integer(at: node) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try context.integer(at: node) }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try context.decode(type, at: node, depth: depth) }
}
