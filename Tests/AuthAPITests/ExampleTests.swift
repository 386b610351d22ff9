import AuthAPI
import Contract
import StrictJSON
import Testing

@Suite("Examples of the catalogue")
struct ExampleTests {
    @Test("Params are read and written alike, byte for byte", arguments: CatalogueMethod.all)
    func params(_ method: CatalogueMethod) throws {
        func check<Method: RPCMethod>(_ type: Method.Type) throws { try roundTrip(type.example.params) }
        try check(method.type)
    }

    @Test("Replies are read and written alike, byte for byte", arguments: CatalogueMethod.all)
    func reply(_ method: CatalogueMethod) throws {
        func check<Method: RPCMethod>(_ type: Method.Type) throws { try roundTrip(type.example.reply) }
        try check(method.type)
    }

    @Test("The fast writer of a reply writes what its Codable form says", arguments: CatalogueMethod.all)
    func writersAgree(_ method: CatalogueMethod) throws {
        func check<Method: RPCMethod>(_ type: Method.Type) throws {
            let reply = type.example.reply
            #expect(try wireText(reply) == wireText(CodableForm(value: reply)))
        }
        try check(method.type)
    }

    @Test("Params by position are the params by name", arguments: CatalogueMethod.all)
    func positions(_ method: CatalogueMethod) throws {
        func check<Method: RPCMethod>(_ type: Method.Type) throws {
            let fields = Shape.of(type).fields.map(\.name)
            let named = try JSON.read(JSONEncoding.text(of: type.example.params))
            let last = fields.lastIndex { named[$0] != nil }
            let byPosition = JSON.array(fields.prefix(last.map { $0 + 1 } ?? 0).map { named[$0] ?? .null })
            var scanner = JSONScanner()
            let read = try JSONDecoding.decode(type, from: scanner.scan(byPosition.text), positions: fields)
            #expect(try wireText(read) == String(decoding: named.text, as: UTF8.self))
        }
        try check(method.type)
    }

    @Test("A member that a method does not know is refused", arguments: CatalogueMethod.all)
    func unknownMember(_ method: CatalogueMethod) throws {
        func check<Method: RPCMethod>(_ type: Method.Type) throws {
            var params = try JSON.read(JSONEncoding.text(of: type.example.params))
            params["surplus"] = true
            var scanner = JSONScanner()
            let value = try scanner.scan(params.text)
            #expect(throws: JSONMismatches.self) { try JSONDecoding.decode(type, from: value) }
        }
        try check(method.type)
    }

    private func roundTrip<Value: Codable>(_ value: Value) throws {
        let text = try JSONEncoding.text(of: value)
        var scanner = JSONScanner()
        let read = try JSONDecoding.decode(Value.self, from: scanner.scan(text))
        #expect(try wireText(read) == String(decoding: text, as: UTF8.self))
    }
}

/// A value without its fast writer.
private struct CodableForm<Value: Encodable>: Encodable {
    let value: Value

    func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}
