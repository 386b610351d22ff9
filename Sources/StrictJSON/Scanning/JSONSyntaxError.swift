/// Why a text is not JSON (RFC 8259), and at which byte.
///
/// The reason is a constant of this program: nothing of the text is repeated in it.
package struct JSONSyntaxError: Error, Sendable, CustomStringConvertible {
    package let offset: Int
    package let reason: StaticString

    package init(_ reason: StaticString, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    package var description: String { "\(reason) at byte \(offset)" }

    /// The reason that is a limit of the reader, not a rule of the grammar.
    static let tooDeep: StaticString = "nested too deeply"

    package var isTooDeep: Bool { reason.utf8Start == Self.tooDeep.utf8Start }
}

extension JSONSyntaxError: Equatable {
    package static func == (a: JSONSyntaxError, b: JSONSyntaxError) -> Bool {
        a.offset == b.offset && a.reason.description.utf8.elementsEqual(b.reason.description.utf8)
    }
}
