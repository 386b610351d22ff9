package import StrictJSON

/// A caller's name for one call, so that repeating it is answered like the first time.
package struct IdempotencyKey: Sendable {
    /// The header of a REST call.
    package static let header = "Idempotency-Key"
    package static let length = 8...128
    package static let rule = "must be \(length.lowerBound) to \(length.upperBound) printable ASCII characters"

    package let text: String

    /// Nil when the text breaks the rule.
    package init?(_ text: String) {
        guard Self.length.contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return nil
        }
        self.text = text
    }

    package static var schema: JSON {
        JSONShape.string.with {
            $0.minimumLength = length.lowerBound
            $0.maximumLength = length.upperBound
            $0.pattern = "^[!-~]*$"
        }.schema()
    }
}
