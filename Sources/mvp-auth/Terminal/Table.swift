internal import Host

/// Rows under headings, for people to read.
///
/// What data holds cannot move the cursor or begin a line: every text goes through `printable`.
struct Table {
    struct Column {
        let title: String
        /// Figures stand under each other.
        var isNumber = false
        /// Whether it may be cut where the terminal is too narrow; others never are.
        var canShrink = false
    }

    struct Cell: ExpressibleByStringLiteral {
        let text: String
        let tone: Tone?

        init(_ text: String, _ tone: Tone? = nil) {
            self.text = printable(text)
            self.tone = tone
        }

        init(stringLiteral text: String) { self.init(text) }
    }

    /// What a colour says. A text must say it too: not everybody sees colours.
    enum Tone: String {
        case good = "32"
        case bad = "31"
        case attention = "33"
        case faint = "2"
        case heading = "1"
    }

    private let columns: [Column]
    private var rows: [[Cell]] = []

    init(_ columns: [Column]) {
        self.columns = columns
    }

    /// One cell for each column.
    mutating func add(_ cells: [Cell]) {
        precondition(cells.count == columns.count)
        rows.append(cells)
    }

    var isEmpty: Bool { rows.isEmpty }

    private static let gap = "  "
    /// No column is cut to less.
    private static let narrowest = 8

    /// - Parameter width: what a line may take. Nil: whatever it needs.
    func lines(width: Int?, isColoured: Bool) -> [String] {
        if let width, Self.room(for: columns.count, in: width) < contents.reduce(0, +), !rows.isEmpty {
            let narrower = withoutEmptyColumns
            if narrower.columns.count < columns.count { return narrower.lines(width: width, isColoured: isColoured) }
        }
        let widths = widths(within: width)
        let headings = columns.map { Cell($0.title.uppercased(), .heading) }
        return ([headings] + rows).map { line($0, widths, isColoured) }
    }

    /// Without the columns in which no row says anything.
    private var withoutEmptyColumns: Table {
        let kept = columns.indices.filter { column in
            rows.contains { row in !["", "-"].contains { $0.utf8.elementsEqual(row[column].text.utf8) } }
        }
        var table = Table(kept.map { columns[$0] })
        for row in rows { table.add(kept.map { row[$0] }) }
        return table
    }

    /// Prints the table as the terminal can show it.
    func show() {
        for line in lines(width: Terminal.width, isColoured: Terminal.isColoured) {
            StandardStreams.writeLine(line, to: 1)
        }
    }

    /// What each column needs.
    private var contents: [Int] {
        columns.enumerated().map { index, column in
            rows.reduce(Terminal.width(of: column.title)) { max($0, Terminal.width(of: $1[index].text)) }
        }
    }

    private static func room(for columns: Int, in width: Int) -> Int { width - gap.utf8.count * max(0, columns - 1) }

    /// What each column takes: what it needs, and less for the widest of those that can shrink until a line fits.
    private func widths(within limit: Int?) -> [Int] {
        var widths = contents
        guard let limit else { return widths }
        let room = Self.room(for: columns.count, in: limit)
        while widths.reduce(0, +) > room {
            let candidates = widths.indices.filter { columns[$0].canShrink && widths[$0] > Self.narrowest }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
        }
        return widths
    }

    private func line(_ cells: [Cell], _ widths: [Int], _ isColoured: Bool) -> String {
        let texts = cells.enumerated().map { index, cell in
            let text = Terminal.cut(cell.text, to: widths[index])
            let space = String(repeating: " ", count: max(0, widths[index] - Terminal.width(of: text)))
            let painted = Self.paint(text, isColoured ? cell.tone : nil)
            if columns[index].isNumber { return space + painted }
            return painted + space
        }
        let line = texts.joined(separator: Self.gap)
        return String(line.reversed().drop { $0 == " " }.reversed())
    }

    private static func paint(_ text: String, _ tone: Tone?) -> String {
        guard let tone, !text.isEmpty else { return text }
        return "\u{1B}[\(tone.rawValue)m\(text)\u{1B}[0m"
    }
}
