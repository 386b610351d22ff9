/// What a text of a page may name, `{{email}}` for instance.
enum PagePlaceholder: String, CaseIterable, Sendable {
    /// The account's address.
    case email
    /// How many characters a password has at least, and at most.
    case minimum, maximum
    /// What is to be typed.
    case digits
}
