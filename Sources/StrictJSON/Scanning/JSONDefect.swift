/// Something that the grammar of RFC 8259 allows and this project does not.
///
/// A defect does not end the scan: whether it condemns a whole request, its params or a token is the reader's choice.
package struct JSONDefect: Sendable, Equatable {
    package enum Kind: Sendable {
        /// A member name that its object already has, compared byte by byte after unescaping.
        case duplicateName
        /// `\ud800` without its other half: the string has no UTF-8 form.
        case loneSurrogate
        /// U+0000, at which a C string would end.
        case nul
    }

    package let kind: Kind
    /// The string that has the defect; of duplicate names, the later one.
    package let node: Int

    /// An explanation that repeats nothing of the text.
    package var reason: String {
        switch kind {
        case .duplicateName: "duplicate member name"
        case .loneSurrogate: "lone surrogate in a string"
        case .nul: "U+0000 in a string"
        }
    }
}
