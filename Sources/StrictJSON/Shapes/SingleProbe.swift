/// Notes which single value a type asks for.
struct SingleProbe: SingleValueDecodingContainer {
    let probe: ShapeProbe
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool {
        probe.noteNull()
        return false
    }

    private func note<T>(_ kind: JSONShape.Kind, _ value: T) -> T {
        let isNullable = probe.shape.isNullable
        probe.note(JSONShape(kind).with { $0.isNullable = isNullable })
        return value
    }

    func decode(_ type: Bool.Type) throws -> Bool { note(.boolean, false) }
    func decode(_ type: String.Type) throws -> String { note(.string, "") }
    func decode(_ type: Double.Type) throws -> Double { note(.number, 0) }
    func decode(_ type: Float.Type) throws -> Float { note(.number, 0) }
    func decode(_ type: Int.Type) throws -> Int { note(.integer, 0) }
    func decode(_ type: Int8.Type) throws -> Int8 { note(.integer, 0) }
    func decode(_ type: Int16.Type) throws -> Int16 { note(.integer, 0) }
    func decode(_ type: Int32.Type) throws -> Int32 { note(.integer, 0) }
    func decode(_ type: Int64.Type) throws -> Int64 { note(.integer, 0) }
    func decode(_ type: UInt.Type) throws -> UInt { note(.integer, 0) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { note(.integer, 0) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { note(.integer, 0) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { note(.integer, 0) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { note(.integer, 0) }

    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let isNullable = probe.shape.isNullable
        let (shape, value) = try ShapeProbe.run(type, inside: probe.outer)
        probe.note(shape.with { $0.isNullable = $0.isNullable || isNullable })
        return value
    }
}
