package import StrictJSON

/// A method of the catalogue as the documents tell of it.
package struct MethodDescription: Sendable {
    package let spec: MethodSpec
    /// In the order of a positional call.
    package let params: [JSONShape.Field]
    package let reply: JSONShape
    /// The Swift types of params and reply, of an array the type of its elements: a shape with a name is one shape.
    let name: String
    let replyName: String
    package let exampleParams: JSON
    package let exampleReply: JSON

    package init<Method: RPCMethod>(_ method: Method.Type) {
        spec = method.spec
        params = Glossary.explain(Shape.of(method)).fields.map { InputRules.applied(to: $0, of: method.spec) }
        reply = Glossary.explain(Shape.of(method.Reply.self))
        name = ShapeName.of(method)
        replyName = ShapeName.of(method.Reply.self)
        exampleParams = Self.tree(of: method.example.params, method)
        exampleReply = Self.tree(of: method.example.reply, method)
    }

    /// Every method, in the order of the catalogue.
    package static var all: [MethodDescription] {
        authAPI.methods.map { MethodDescription($0) }
    }

    /// The example, as it goes over the wire.
    private static func tree(of value: some Encodable, _ method: any RPCMethod.Type) -> JSON {
        var scanner = JSONScanner()
        guard let text = try? JSONEncoding.text(of: value), let scanned = try? scanner.scan(text),
            let tree = try? JSON(scanned)
        else { preconditionFailure("the example of \(method) cannot be encoded") }
        return tree
    }
}
