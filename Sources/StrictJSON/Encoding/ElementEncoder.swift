/// The elements of one array.
struct ElementEncoder: UnkeyedEncodingContainer {
    let context: EncodingContext
    let container: Int

    var codingPath: [any CodingKey] { [] }
    var count: Int { context.count(of: container) }

    func encodeNil() throws {
        try context.beginElement(in: container)
        context.json.null()
    }

    func encode<T: Encodable>(_ value: T) throws {
        try context.beginElement(in: container)
        try context.encode(value)
    }

    func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        superEncoder().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { superEncoder().unkeyedContainer() }

    func superEncoder() -> any Encoder {
        do {
            try context.beginElement(in: container)
        } catch {
            preconditionFailure("container written to after its end")
        }
        return ValueEncoder(context: context, start: context.json.count)
    }
}
