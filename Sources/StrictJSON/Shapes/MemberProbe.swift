/// Notes which members a type asks for, in order, and gives each a placeholder.
struct MemberProbe<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let probe: ShapeProbe
    var codingPath: [any CodingKey] { [] }

    /// A type that asks which names there are takes any: a dictionary.
    var allKeys: [Key] {
        probe.note(JSONShape(.map(.any)))
        return []
    }

    func contains(_ key: Key) -> Bool { true }
    func decodeNil(forKey key: Key) throws -> Bool { false }

    /// Runs the member's own type, so that numbers and strings need no case of their own here.
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        let (shape, value) = try ShapeProbe.run(type, inside: probe.outer)
        probe.noteField(MemberName.of(key), shape, isRequired: !shape.isNullable)
        return value
    }

    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        var shape = JSONShape.any
        do {
            shape = try ShapeProbe.run(type, inside: probe.outer).shape
        } catch is ShapeProbe.Unknowable {}
        probe.noteField(MemberName.of(key), shape.with { $0.isNullable = true }, isRequired: false)
        return nil
    }

    // The protocol's defaults for these would ask for them as if they were required.
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { noteOptional(key, .boolean) }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { noteOptional(key, .string) }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? { noteOptional(key, .number) }
    func decodeIfPresent(_ type: Float.Type, forKey key: Key) throws -> Float? { noteOptional(key, .number) }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { noteOptional(key, .integer) }
    func decodeIfPresent(_ type: Int8.Type, forKey key: Key) throws -> Int8? { noteOptional(key, .integer) }
    func decodeIfPresent(_ type: Int16.Type, forKey key: Key) throws -> Int16? { noteOptional(key, .integer) }
    func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? { noteOptional(key, .integer) }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { noteOptional(key, .integer) }
    func decodeIfPresent(_ type: UInt.Type, forKey key: Key) throws -> UInt? { noteOptional(key, .integer) }
    func decodeIfPresent(_ type: UInt8.Type, forKey key: Key) throws -> UInt8? { noteOptional(key, .integer) }
    func decodeIfPresent(_ type: UInt16.Type, forKey key: Key) throws -> UInt16? { noteOptional(key, .integer) }
    func decodeIfPresent(_ type: UInt32.Type, forKey key: Key) throws -> UInt32? { noteOptional(key, .integer) }
    func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) throws -> UInt64? { noteOptional(key, .integer) }

    private func noteOptional<T>(_ key: Key, _ kind: JSONShape.Kind) -> T? {
        probe.noteField(MemberName.of(key), JSONShape(kind).with { $0.isNullable = true }, isRequired: false)
        return nil
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        throw ShapeProbe.Unknowable()
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw ShapeProbe.Unknowable()
    }
    func superDecoder() throws -> any Decoder { throw ShapeProbe.Unknowable() }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw ShapeProbe.Unknowable() }
}
