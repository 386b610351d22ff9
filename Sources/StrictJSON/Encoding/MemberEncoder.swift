/// The members of one object.
struct MemberEncoder<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let context: EncodingContext
    let container: Int

    var codingPath: [any CodingKey] { [] }

    private func begin(_ key: Key) throws { try context.begin(MemberName.of(key), in: container) }

    func encodeNil(forKey key: Key) throws {
        try begin(key)
        context.json.null()
    }

    func encode(_ value: String, forKey key: Key) throws {
        try begin(key)
        context.json.string(value)
    }

    func encode(_ value: Int, forKey key: Key) throws {
        try begin(key)
        context.json.int(value)
    }

    func encode(_ value: Bool, forKey key: Key) throws {
        try begin(key)
        context.json.bool(value)
    }

    /// All other types, the other numbers among them.
    func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        try begin(key)
        try context.encode(value)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        superEncoder(forKey: key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        superEncoder(forKey: key).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { encoder("super") }

    func superEncoder(forKey key: Key) -> any Encoder { encoder(MemberName.of(key)) }

    private func encoder(_ name: String) -> any Encoder {
        do {
            try context.begin(name, in: container)
        } catch {
            preconditionFailure("container written to after its end")
        }
        return ValueEncoder(context: context, start: context.json.count)
    }
}
