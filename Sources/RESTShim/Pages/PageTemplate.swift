internal import EmailTemplates

/// The HTML of a page, with places for texts: `{{name}}` is a text, written so that it can be nothing else where it
/// stands, and what is between `{{#name}}` and `{{/name}}` is there when the name has a value.
struct PageTemplate: Sendable {
    private indirect enum Piece: Sendable {
        case literal(String)
        case value(String)
        case section(String, [Piece])
    }

    private let pieces: [Piece]

    /// - Parameter html: ours. What is wrong with it is a bug.
    init(_ html: String) {
        var rest = Array(html.utf8)[...]
        pieces = Self.pieces(of: &rest, until: nil)
    }

    /// - Parameter values: plain text by the names of the places. A place without one stays empty.
    func filled(with values: [String: String]) -> String {
        var html = ""
        Self.write(pieces, values, to: &html)
        return html
    }

    private static func write(_ pieces: [Piece], _ values: [String: String], to html: inout String) {
        for piece in pieces {
            switch piece {
            case .literal(let text): html += text
            case .value(let name): html += HTMLText.escaped(values[name] ?? "")
            case .section(let name, let pieces): if values[name] != nil { write(pieces, values, to: &html) }
            }
        }
    }

    private static func pieces(of rest: inout ArraySlice<UInt8>, until section: String?) -> [Piece] {
        var pieces: [Piece] = []
        while let mark = PlaceholderMark.next(
            in: &rest, unclosed: preconditionFailure("the page has {{ without }}"))
        {
            pieces.append(.literal(String(decoding: mark.literal, as: UTF8.self)))
            let name = String(decoding: mark.name, as: UTF8.self)
            switch name.utf8.first {
            case UInt8(ascii: "#"):
                let opened = String(name.dropFirst())
                pieces.append(.section(opened, Self.pieces(of: &rest, until: opened)))
            case UInt8(ascii: "/"):
                precondition(String(name.dropFirst()) == section, "the page closes {{\(name)}} and has not opened it")
                return pieces
            default: pieces.append(.value(name))
            }
        }
        precondition(section == nil, "the page does not close {{#\(section ?? "")}}")
        pieces.append(.literal(String(decoding: rest, as: UTF8.self)))
        return pieces
    }
}
