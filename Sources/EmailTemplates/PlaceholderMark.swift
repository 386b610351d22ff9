/// A `{{name}}` in a text, and what comes before it.
package struct PlaceholderMark {
    package let literal: ArraySlice<UInt8>
    package let name: ArraySlice<UInt8>

    /// Takes the next one off a text, with what comes before it. Nil: there is none left.
    ///
    /// - Parameter unclosed: what is thrown where one is not closed.
    package static func next<Failure: Error>(
        in text: inout ArraySlice<UInt8>, unclosed: @autoclosure () -> Failure
    ) throws(Failure) -> PlaceholderMark? {
        guard let start = pair(of: UInt8(ascii: "{"), in: text) else { return nil }
        guard let end = pair(of: UInt8(ascii: "}"), in: text[start...]) else { throw unclosed() }
        defer { text = text[(end + 2)...] }
        return PlaceholderMark(literal: text[text.startIndex..<start], name: text[(start + 2)..<end])
    }

    private static func pair(of sign: UInt8, in bytes: ArraySlice<UInt8>) -> Int? {
        bytes.indices.dropLast().first { bytes[$0] == sign && bytes[$0 + 1] == sign }
    }
}
