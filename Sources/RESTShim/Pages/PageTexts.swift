internal import AuthAPI
package import AuthSettings
internal import EmailTemplates
internal import Host

/// The texts in force: an operator's, and the built-in ones where he wrote none.
package struct PageTexts: Sendable {
    private enum Piece: Sendable {
        case literal(String)
        case placeholder(PagePlaceholder)
    }

    private var texts: [PageText: [Piece]] = [:]

    private static let longest = 2000

    /// The built-in ones.
    package init() {
        for name in PageText.allCases {
            do throws(SettingsError) {
                texts[name] = try Self.pieces(of: name.standard, as: name)
            } catch {
                preconditionFailure("the built-in text \(name.rawValue) \(error)")
            }
        }
    }

    /// Those of a directory's files `NAME.txt`.
    ///
    /// - Throws: a sentence for each file that is no text of the pages.
    package init(directory: String) throws(SettingsError) {
        self.init()
        var faults: [String] = []
        for file in try DirectoryListing.files(in: directory, called: "The directory of the pages' texts") {
            let path = printable(directory + "/" + file)
            do throws(SettingsError) {
                guard let name = PageText.allCases.first(where: { "\($0.rawValue).txt".utf8.elementsEqual(file.utf8) })
                else { throw Self.unknown(file) }
                let bytes = try TrustedFile.read(directory + "/" + file, called: "The text")
                texts[name] = try Self.pieces(of: try Self.text(of: bytes), as: name)
            } catch {
                faults += error.sentences.map { $0.utf8.starts(with: "The text ".utf8) ? $0 : "\(path) \($0)" }
            }
        }
        guard faults.isEmpty else { throw SettingsError(faults) }
    }

    /// - Parameter values: for what the text may name.
    func text(_ name: PageText, _ values: [PagePlaceholder: String] = [:]) -> String {
        (texts[name] ?? []).map { piece in
            switch piece {
            case .literal(let text): text
            case .placeholder(let placeholder): values[placeholder] ?? ""
            }
        }.joined()
    }

    private static func unknown(_ file: String) -> SettingsError {
        let names = PageText.allCases.map { $0.rawValue + ".txt" }
        let nearest = NearestName.of(file, among: names, limit: 4).map { " Did you mean \($0)?" }
        return SettingsError("is no text of the pages.\(nearest ?? " Those are \(names.joined(separator: ", ")).")")
    }

    /// One paragraph: the lines of a file are one.
    private static func text(of bytes: [UInt8]) throws(SettingsError) -> String {
        guard bytes.count <= longest else { throw SettingsError("is longer than \(longest) bytes.") }
        let spaced = bytes.map { [0x09, 0x0A, 0x0D].contains($0) ? 0x20 : $0 }
        let words = spaced.split(separator: 0x20)
        guard let text = String(validating: words.joined(separator: [0x20]), as: UTF8.self),
            printable(text).utf8.elementsEqual(text.utf8)
        else { throw SettingsError("is not UTF-8 text without control characters.") }
        guard !text.isEmpty else { throw SettingsError("is empty.") }
        return text
    }

    private static func pieces(of text: String, as name: PageText) throws(SettingsError) -> [Piece] {
        var pieces: [Piece] = []
        var rest = Array(text.utf8)[...]
        while let mark = try PlaceholderMark.next(in: &rest, unclosed: SettingsError("has {{ without }}.")) {
            let word = mark.name
            guard let placeholder = name.placeholders.first(where: { $0.rawValue.utf8.elementsEqual(word) }) else {
                let known = name.placeholders.map { "{{\($0.rawValue)}}" }.joined(separator: " and ")
                let shown = printable(String(decoding: word.prefix(40), as: UTF8.self))
                throw SettingsError("has {{\(shown)}}; what it may have: \(known.isEmpty ? "nothing" : known).")
            }
            pieces.append(.literal(String(decoding: mark.literal, as: UTF8.self)))
            pieces.append(.placeholder(placeholder))
        }
        pieces.append(.literal(String(decoding: rest, as: UTF8.self)))
        try judge(text, as: name)
        return pieces
    }

    /// What would break a page.
    private static func judge(_ text: String, as name: PageText) throws(SettingsError) {
        switch name {
        // Without them nobody who has no script gets on.
        case .digitsLabel:
            guard text.utf8.firstRange(of: "{{digits}}".utf8) != nil else {
                throw SettingsError("must have {{digits}}.")
            }
        case .direction:
            guard ["ltr", "rtl"].contains(text) else { throw SettingsError("must be ltr or rtl.") }
        case .language:
            let isTag = text.utf8.allSatisfy { $0.isDigit || $0 == 0x2D || (0x61...0x7A).contains($0.asciiLowercased) }
            guard isTag, text.utf8.count <= 35 else {
                throw SettingsError("must be the tag of a language, de or pt-BR.")
            }
        default: break
        }
    }
}
