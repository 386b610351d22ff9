internal import Host

/// A text with placeholders, `{{link}}` for instance. Each knows where it stands, and what it stands for is written so
/// that it can mean nothing else there.
package struct TemplateText: Sendable {
    package enum Placeholder: String, CaseIterable, Sendable {
        case link, email, app
        case expiresIn = "expires_in"
    }

    /// Where a placeholder stands.
    enum Place: Sendable, Equatable {
        /// A line of its own: a subject.
        case line
        case text
        /// Between tags, or in the quotes of an attribute that is no address.
        case html
        /// All of an `href` or a `src`.
        case url
        /// A part of one.
        case partOfURL
    }

    package enum Format: Sendable { case subject, text, html }

    /// Why a text is no template, in a sentence without its beginning.
    package struct Fault: Error {
        package let reason: String
    }

    private enum Piece: Sendable {
        case literal(String)
        case placeholder(Placeholder, Place)
    }

    private let pieces: [Piece]

    package init(_ source: String, _ format: Format) throws(Fault) {
        let source = format == .subject ? Self.oneLine(source) : source
        var pieces: [Piece] = []
        var place = HTMLPlace()
        var rest = Array(source.utf8)[...]
        while let mark = try PlaceholderMark.next(in: &rest, unclosed: Fault(reason: "has {{ without }}")) {
            let name = String(decoding: mark.name, as: UTF8.self).trimmed
            guard let placeholder = Placeholder.allCases.first(where: { $0.rawValue.utf8.elementsEqual(name.utf8) })
            else {
                let known = Placeholder.allCases.map { "{{\($0.rawValue)}}" }.joined(separator: ", ")
                throw Fault(reason: "has {{\(printable(String(name.prefix(40))))}}; what there is: \(known)")
            }
            pieces.append(.literal(String(decoding: mark.literal, as: UTF8.self)))
            switch format {
            case .subject: pieces.append(.placeholder(placeholder, .line))
            case .text: pieces.append(.placeholder(placeholder, .text))
            case .html:
                place.pass(mark.literal)
                pieces.append(.placeholder(placeholder, try Self.place(of: placeholder, in: &place)))
            }
        }
        pieces.append(.literal(String(decoding: rest, as: UTF8.self)))
        self.pieces = pieces
    }

    private static func place(of placeholder: Placeholder, in place: inout HTMLPlace) throws(Fault) -> Place {
        guard let found = place.placeholder() else {
            throw Fault(
                reason: "has {{\(placeholder.rawValue)}} where it cannot be written safely: "
                    + "it may stand between tags and in the quotes of an attribute, not in style or script")
        }
        if found == .url, placeholder != .link {
            throw Fault(reason: "has {{\(placeholder.rawValue)}} in the place of an address; only {{link}} is one")
        }
        return found
    }

    /// The text with everything in its place.
    ///
    /// - Throws: when something is missing, or is not what its place needs.
    package func filled(with values: [Placeholder: String]) throws(Fault) -> String {
        var text = ""
        for piece in pieces {
            switch piece {
            case .literal(let literal): text += literal
            case .placeholder(let placeholder, let place):
                guard let value = values[placeholder] else {
                    throw Fault(reason: "needs a \(placeholder.rawValue), and the event has none")
                }
                text += try Self.written(value, at: place)
            }
        }
        return text
    }

    private static func written(_ value: String, at place: Place) throws(Fault) -> String {
        switch place {
        case .line: return oneLine(value)
        case .text: return printable(value)
        case .html: return HTMLText.escaped(printable(value))
        case .partOfURL: return percentEncoded(value)
        case .url:
            guard ["https://", "http://"].contains(where: { value.utf8.starts(with: $0.utf8) }) else {
                throw Fault(reason: "needs a link that is an http or https URL")
            }
            return HTMLText.escaped(printable(value))
        }
    }

    private static func oneLine(_ text: String) -> String { printable(text) { _ in " " }.trimmed }

    /// All but what RFC 3986 §2.3 leaves unreserved.
    private static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: bytes.append(byte)
            case let byte where "-._~".utf8.contains(byte): bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension String {
    /// Without spaces and line ends around it.
    var trimmed: String {
        let bytes = utf8.drop { $0 <= 0x20 }
        var end = bytes.endIndex
        while end > bytes.startIndex, bytes[bytes.index(before: end)] <= 0x20 { end = bytes.index(before: end) }
        return String(decoding: bytes[..<end], as: UTF8.self)
    }
}
