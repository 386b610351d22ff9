/// What a member is called on the wire: as the property of the Swift type, in snake case. `userID` is `user_id`,
/// `callsPerUID` is `calls_per_uid`. A `CodingKeys` is needed only where the two differ by more than that.
package enum MemberName {
    static func of<Key: CodingKey>(_ key: Key) -> String {
        let name = key.stringValue
        guard name.utf8.contains(where: isUpper), isOfProperties(Key.self) else { return name }
        return snakeCase(name)
    }

    package static func snakeCase(_ name: String) -> String {
        var name = name
        return name.withUTF8 { letters in
            // No more than is needed, so that a short name takes no memory of its own.
            let capitals = letters.reduce(into: 0) { if isUpper($1) { $0 += 1 } }
            return String(unsafeUninitializedCapacity: letters.count + capitals) { place in
                var count = 0
                for index in letters.indices {
                    if isUpper(letters[index]), index > 0, beginsWord(letters, index) {
                        place[count] = UInt8(ascii: "_")
                        count += 1
                    }
                    place[count] = isUpper(letters[index]) ? letters[index] | 0x20 : letters[index]
                    count += 1
                }
                return count
            }
        }
    }

    /// Capitals in a row are one word; the last of them belongs to the word that goes on in small letters.
    private static func beginsWord(_ letters: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        let next = index + 1
        return !isUpper(letters[index - 1]) || next < letters.count && (0x61...0x7A).contains(letters[next])
    }

    private static func isUpper(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }

    /// Whether keys of this type are names of properties. Those of a dictionary and of a tree are data.
    private static func isOfProperties<Key: CodingKey>(_ type: Key.Type) -> Bool {
        type != JSONName.self && type != dictionaryKey
    }

    /// The type of a dictionary's keys, which the standard library does not name.
    private static let dictionaryKey: any CodingKey.Type = {
        let probe = KeyTypeProbe()
        try? ["": 0].encode(to: probe)
        guard let found = probe.found else { preconditionFailure("a dictionary has encoded no members") }
        return found
    }()
}

/// Notes by what type of key a value encodes its members.
private final class KeyTypeProbe: Encoder {
    private(set) var found: (any CodingKey.Type)?
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        found = type
        return ValueEncoder(context: EncodingContext(), start: 0).container(keyedBy: type)
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        ValueEncoder(context: EncodingContext(), start: 0).unkeyedContainer()
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        ValueEncoder(context: EncodingContext(), start: 0)
    }
}
