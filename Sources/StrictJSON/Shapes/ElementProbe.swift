/// An array of one placeholder, which shows what the elements are.
struct ElementProbe: UnkeyedDecodingContainer {
    let probe: ShapeProbe
    private(set) var currentIndex = 0

    init(probe: ShapeProbe) { self.probe = probe }

    var codingPath: [any CodingKey] { [] }
    var count: Int? { 1 }
    var isAtEnd: Bool { currentIndex > 0 }

    mutating func decodeNil() throws -> Bool { false }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let (shape, value) = try ShapeProbe.run(type, inside: probe.outer)
        probe.note(.array(of: shape))
        currentIndex += 1
        return value
    }

    mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        throw ShapeProbe.Unknowable()
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { throw ShapeProbe.Unknowable() }
    mutating func superDecoder() throws -> any Decoder { throw ShapeProbe.Unknowable() }
}
