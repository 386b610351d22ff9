/// The name of a Swift type as the documents use it for the type's shape: `UserResponse`, `InfoReply`.
package enum ShapeName {
    /// Of an array, the name of its elements' type.
    package static func of(_ type: Any.Type) -> String {
        if let array = type as? any Listing.Type { return of(array.element) }
        return String(reflecting: type).split(separator: ".").dropFirst().joined()
    }
}

private protocol Listing {
    static var element: Any.Type { get }
}

extension Array: Listing {
    fileprivate static var element: Any.Type { Element.self }
}
