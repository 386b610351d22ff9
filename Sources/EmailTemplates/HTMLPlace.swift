/// Where in an HTML document a reader is, as far as it matters for what may be put there. What this does not understand
/// is no place for anything.
struct HTMLPlace {
    private enum State {
        case text
        /// After `<`: the tag's name so far.
        case name([UInt8])
        /// In a tag, between attributes.
        case tag(element: [UInt8])
        case attribute([UInt8], element: [UInt8])
        /// After an attribute's name and a space: a `=` may still follow.
        case afterAttribute([UInt8], element: [UInt8])
        case beforeValue([UInt8], element: [UInt8])
        case value(quote: UInt8, attribute: [UInt8], element: [UInt8], isEmpty: Bool)
        case bareValue(element: [UInt8])
        case comment([UInt8])
        /// `style` and `script`: until their end tag.
        case raw([UInt8], tail: [UInt8])
    }

    private var state = State.text

    /// Attributes that are addresses.
    private static let addresses = ["href", "src", "action", "background", "cite", "formaction", "poster"]
    /// Attributes that are instructions.
    private static let instructions = ["style", "srcset"]
    private static let rawElements = ["style", "script", "textarea", "noscript", "iframe", "xmp", "template"]

    /// Reads on.
    mutating func pass(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { state = Self.next(state, byte) }
    }

    /// How something is to be written here; nil where nothing may be.
    mutating func placeholder() -> TemplateText.Place? {
        switch state {
        case .text: return .html
        case .value(let quote, let attribute, let element, let isEmpty):
            guard !attribute.starts(with: "on".utf8), !Self.isOne(attribute, of: Self.instructions) else { return nil }
            state = .value(quote: quote, attribute: attribute, element: element, isEmpty: false)
            guard Self.isOne(attribute, of: Self.addresses) else { return .html }
            return isEmpty ? .url : .partOfURL
        default: return nil
        }
    }

    private static func next(_ state: State, _ byte: UInt8) -> State {
        let letter = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
        let isSpace = [0x20, 0x09, 0x0A, 0x0C, 0x0D].contains(byte)
        switch state {
        case .text: return byte == UInt8(ascii: "<") ? .name([]) : .text
        case .name(let name):
            if byte == UInt8(ascii: ">") { return content(of: name) }
            if name.elementsEqual("!-".utf8), byte == UInt8(ascii: "-") { return .comment([]) }
            // A < with a space after it is text (HTML §13.2.5.6).
            if isSpace { return name.isEmpty ? .text : .tag(element: name) }
            if byte == UInt8(ascii: "/"), !name.isEmpty { return .tag(element: name) }
            return .name(name + [letter])
        case .tag(let element):
            if byte == UInt8(ascii: ">") { return content(of: element) }
            return isSpace || byte == UInt8(ascii: "/") ? state : .attribute([letter], element: element)
        case .attribute(let name, let element):
            if byte == UInt8(ascii: ">") { return content(of: element) }
            if byte == UInt8(ascii: "=") { return .beforeValue(name, element: element) }
            if byte == UInt8(ascii: "/") { return .tag(element: element) }
            return isSpace ? .afterAttribute(name, element: element) : .attribute(name + [letter], element: element)
        case .afterAttribute(let name, let element):
            if byte == UInt8(ascii: ">") { return content(of: element) }
            if byte == UInt8(ascii: "=") { return .beforeValue(name, element: element) }
            if byte == UInt8(ascii: "/") { return .tag(element: element) }
            return isSpace ? state : .attribute([letter], element: element)
        case .beforeValue(let name, let element):
            if byte == UInt8(ascii: ">") { return content(of: element) }
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                return .value(quote: byte, attribute: name, element: element, isEmpty: true)
            }
            return isSpace ? state : .bareValue(element: element)
        case .value(let quote, let attribute, let element, let isEmpty):
            if byte == quote { return .tag(element: element) }
            return .value(quote: quote, attribute: attribute, element: element, isEmpty: isEmpty && isSpace)
        case .bareValue(let element):
            if byte == UInt8(ascii: ">") { return content(of: element) }
            return isSpace ? .tag(element: element) : state
        case .comment(let tail):
            let tail = Array((tail + [byte]).suffix(3))
            return tail.elementsEqual("-->".utf8) ? .text : .comment(tail)
        case .raw(let element, let tail):
            let end = "</".utf8 + element
            let tail = Array((tail + [letter]).suffix(end.count))
            return tail.elementsEqual(end) ? .tag(element: Array("/".utf8)) : .raw(element, tail: tail)
        }
    }

    private static func content(of element: [UInt8]) -> State {
        isOne(element, of: rawElements) ? .raw(element, tail: []) : .text
    }

    private static func isOne(_ name: [UInt8], of names: [String]) -> Bool {
        names.contains { $0.utf8.elementsEqual(name) }
    }
}
