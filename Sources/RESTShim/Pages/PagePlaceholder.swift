/// What a text of a page may name, `{{email}}` for instance.
enum PagePlaceholder: String, CaseIterable, Sendable {
    /// The account's address.
    case email
    /// How many characters a password has at least, and at most.
    case minimum, maximum
    /// What is to be typed.
    case digits

    /// Where two equal signs stand.
    static func mark(_ mark: StaticString, in bytes: ArraySlice<UInt8>) -> Int? {
        let sign = mark.utf8Start.pointee
        return bytes.indices.dropLast().first { bytes[$0] == sign && bytes[$0 + 1] == sign }
    }
}
