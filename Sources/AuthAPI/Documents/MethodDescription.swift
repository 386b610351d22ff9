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
        params = Shape.of(method).fields.map { InputRules.applied(to: $0) }
        reply = Shape.of(method.Reply.self)
        name = ShapeName.of(method)
        replyName = ShapeName.of(method.Reply.self)
        exampleParams = Example.tree(of: method.example.params)
        exampleReply = Example.tree(of: method.example.reply)
    }

    /// Every method, in the order of the catalogue.
    package static var all: [MethodDescription] {
        authAPI.methods.map { MethodDescription($0) }
    }
}

/// A notification of the catalogue as the documents tell of it.
package struct NotificationDescription: Sendable {
    package let spec: NotificationSpec
    package let params: [JSONShape.Field]
    package let example: JSON

    init<Notification: RPCNotification>(_ notification: Notification.Type) {
        spec = notification.spec
        params = Shape.of(notification).fields
        example = Example.tree(of: notification.example)
    }

    /// Every notification, in the order of the catalogue.
    package static var all: [NotificationDescription] {
        authNotifications.map { NotificationDescription($0) }
    }
}

private enum Example {
    /// An example as it goes over the wire.
    static func tree(of value: some Encodable) -> JSON {
        guard let tree = try? JSON(encoding: value) else {
            preconditionFailure("the example \(value) cannot be encoded")
        }
        return tree
    }
}
