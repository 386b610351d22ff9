/// The encoder of one value, and its container if the value is a single one.
struct ValueEncoder: Encoder, SingleValueEncodingContainer {
    let context: EncodingContext
    /// Where in the text the value starts.
    let start: Int

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(
            MemberEncoder<Key>(context: context, container: context.container(isObject: true, at: start)))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        ElementEncoder(context: context, container: context.container(isObject: false, at: start))
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    private func write(_ body: (inout JSONWriter) throws -> Void) throws {
        try context.beginSingle(at: start)
        try body(&context.json)
    }

    func encodeNil() throws { try write { $0.null() } }
    func encode(_ value: Bool) throws { try write { $0.bool(value) } }
    func encode(_ value: String) throws { try write { $0.string(value) } }
    func encode(_ value: Int) throws { try write { $0.integer(value) } }
    func encode(_ value: Int8) throws { try write { $0.integer(value) } }
    func encode(_ value: Int16) throws { try write { $0.integer(value) } }
    func encode(_ value: Int32) throws { try write { $0.integer(value) } }
    func encode(_ value: Int64) throws { try write { $0.integer(value) } }
    func encode(_ value: UInt) throws { try write { $0.integer(value) } }
    func encode(_ value: UInt8) throws { try write { $0.integer(value) } }
    func encode(_ value: UInt16) throws { try write { $0.integer(value) } }
    func encode(_ value: UInt32) throws { try write { $0.integer(value) } }
    func encode(_ value: UInt64) throws { try write { $0.integer(value) } }

    func encode(_ value: Double) throws {
        try context.beginSingle(at: start)
        try context.double(value)
    }

    func encode(_ value: Float) throws {
        try context.beginSingle(at: start)
        try context.float(value)
    }

    func encode<T: Encodable>(_ value: T) throws {
        try context.beginSingle(at: start)
        try context.encode(value)
    }
}
