/// A decoder without a value: it hands out empty strings, zeroes and arrays of one, and notes what it is asked for.
///
/// That is how method params become schemas, and how their positional order is known, with no second list of them.
final class ShapeProbe: Decoder {
    /// What has been asked for so far.
    private(set) var shape = JSONShape.any
    private var isAsked = false
    /// Types being probed around this one: a type inside itself has the shape `any` there.
    let outer: [ObjectIdentifier]

    /// Thrown where there is no telling: for a type inside itself, or one that takes its decoder apart.
    struct Unknowable: Error {}

    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    init(inside outer: [ObjectIdentifier]) { self.outer = outer }

    /// The shape of a type and a value made of placeholders.
    static func run<T: Decodable>(
        _ type: T.Type, inside outer: [ObjectIdentifier]
    ) throws -> (shape: JSONShape, value: T) {
        if let shaped = type as? any JSONShaped.Type, let value = shaped.shapePlaceholder as? T {
            return (shaped.jsonShape, value)
        }
        guard !outer.contains(ObjectIdentifier(type)) else { throw Unknowable() }
        let probe = ShapeProbe(inside: outer + [ObjectIdentifier(type)])
        let value = try T(from: probe)
        // A type that asks for nothing is an object without members.
        let shape = probe.isAsked ? probe.shape : JSONShape(.object([]))
        guard let explained = type as? any JSONExplained.Type else { return (shape, value) }
        return (shape.explained(by: explained.meanings), value)
    }

    func note(_ shape: JSONShape) {
        isAsked = true
        self.shape = shape
    }

    func noteNull() { shape.isNullable = true }

    func noteField(_ name: String, _ field: JSONShape, isRequired: Bool) {
        var fields = shape.fields
        if fields.contains(where: { Bytes.areEqual($0.name, name) }) { return }
        fields.append(JSONShape.Field(name, field, isRequired: isRequired))
        shape.kind = .object(fields)
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        if shape.fields.isEmpty { note(JSONShape(.object([]))) }
        return KeyedDecodingContainer(MemberProbe<Key>(probe: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        note(.array(of: .any))
        return ElementProbe(probe: self)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { SingleProbe(probe: self) }
}
