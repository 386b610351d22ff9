/// The tree with coders that are not ours. ``JSONDecoding`` and ``JSONEncoding`` take a shorter way.
extension JSON: Codable {
    package init(from decoder: any Decoder) throws {
        if let members = try? decoder.container(keyedBy: JSONName.self) {
            self = .object(
                try members.allKeys.map { Member($0.stringValue, try members.decode(JSON.self, forKey: $0)) })
            return
        }
        if var elements = try? decoder.unkeyedContainer() {
            var array: [JSON] = []
            while !elements.isAtEnd { array.append(try elements.decode(JSON.self)) }
            self = .array(array)
            return
        }
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let int = try? value.decode(Int.self) {
            self = .int(int)
        } else if let double = try? value.decode(Double.self) {
            self = .double(double)
        } else {
            self = .string(try value.decode(String.self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .object(let members):
            var container = encoder.container(keyedBy: JSONName.self)
            for member in members { try container.encode(member.value, forKey: JSONName(member.name)) }
        case .array(let elements):
            var container = encoder.unkeyedContainer()
            for element in elements { try container.encode(element) }
        default:
            var container = encoder.singleValueContainer()
            switch self {
            case .bool(let value): try container.encode(value)
            case .int(let value): try container.encode(value)
            case .double(let value): try container.encode(value)
            case .string(let value): try container.encode(value)
            default: try container.encodeNil()
            }
        }
    }
}

extension JSON {
    /// The tree of what a value encodes.
    package init(encoding value: some Encodable) throws {
        var scanner = JSONScanner()
        self = try JSON(try scanner.scan(try JSONEncoding.text(of: value)))
    }
}

/// A member name or position as a `CodingKey`.
struct JSONName: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(_ name: String) {
        stringValue = name
        intValue = nil
    }

    init(position: Int) {
        stringValue = "\(position)"
        intValue = position
    }

    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { self.init(position: intValue) }
}
