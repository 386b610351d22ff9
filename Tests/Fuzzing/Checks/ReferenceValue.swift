/// A JSON text read a second time, in the plainest way there is, to compare the scanner with.
struct ReferenceValue {
    enum Content {
        case null
        case bool(Bool)
        case number
        /// Unescaped, as UTF-8.
        case string([UInt8])
        case array([ReferenceValue])
        case object([(name: ReferenceValue, value: ReferenceValue)])
    }

    enum Flaw: String { case duplicateName, loneSurrogate, nul }

    var content: Content
    /// Where it stands in the text, quotes and brackets included.
    var range: Range<Int>
    /// Its own, and of the names and values within it.
    var flaws: [(flaw: Flaw, range: Range<Int>)] = []

    var string: [UInt8]? { if case .string(let bytes) = content { bytes } else { nil } }

    var members: [(name: ReferenceValue, value: ReferenceValue)]? {
        if case .object(let members) = content { members } else { nil }
    }

    func isString(_ text: String) -> Bool { string.map { $0 == Array(text.utf8) } ?? false }
}
