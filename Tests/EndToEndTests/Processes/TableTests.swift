import MVPAuth
import Testing

@testable import mvp_auth

@Suite("Tables for people")
struct TableTests {
    private func table(_ rows: [(String, String, String)]) -> Table {
        var table = Table([
            .init(title: "email", canShrink: true), .init(title: "sessions", isNumber: true), .init(title: "status"),
        ])
        for row in rows { table.add([.init(row.0), .init(row.1), .init(row.2, .good)]) }
        return table
    }

    @Test("Columns are as wide as what is in them, figures stand under each other, and no line ends in spaces")
    func columns() {
        let lines = table([("ada@example.org", "3", "active"), ("é@例え.jp", "12", "")]).lines(
            width: nil, isColoured: false)
        #expect(
            lines == [
                "EMAIL            SESSIONS  STATUS",
                "ada@example.org         3  active",
                "é@例え.jp              12",
            ])
    }

    @Test("A narrow terminal cuts what may be cut, and never less than eight columns are left of it")
    func narrow() {
        let long = table([(String(repeating: "a", count: 60) + "@example.org", "3", "active")])
        let lines = long.lines(width: 40, isColoured: false)
        #expect(lines.allSatisfy { Terminal.width(of: $0) <= 40 })
        #expect(lines[1].hasPrefix("aaaaaaaaaaaaaaaaaaaaa…  "))
        #expect(long.lines(width: 10, isColoured: false)[1].hasPrefix("aaaaaaa…  "))
        #expect(Terminal.cut("例え例え", to: 5) == "例え…")
    }

    @Test("Where a line does not fit, columns that say nothing are left out")
    func emptyColumns() {
        let rows = [("ada@example.org", "3", ""), ("bob@example.org", "12", "-")]
        #expect(table(rows).lines(width: 30, isColoured: false)[0] == "EMAIL            SESSIONS")
        #expect(table(rows).lines(width: 40, isColoured: false)[0] == "EMAIL            SESSIONS  STATUS")
    }

    @Test("Colours only where they are wanted, and nothing in the data gives a terminal orders")
    func harmless() {
        let table = table([("a\u{1B}[31m\n\u{202E}@x.org", "1", "active")])
        let plain = table.lines(width: nil, isColoured: false)
        #expect(plain.count == 2 && plain[1].hasPrefix("a?[31m??@x.org"))
        #expect(!plain.joined().contains("\u{1B}"))
        let coloured = table.lines(width: nil, isColoured: true)
        #expect(coloured[1].hasSuffix("\u{1B}[32mactive\u{1B}[0m"))
        #expect(coloured[1].components(separatedBy: "\u{1B}").count == 3)
    }

    private static let day: Int64 = 86_400
    private static let times: [(Int64, String)] = [
        (-5, "just now"), (-44, "just now"), (-45, "1 min ago"), (-3599, "59 min ago"), (-3600, "1 h ago"),
        (-day, "1 day ago"), (-59 * day, "59 days ago"), (-60 * day, "2 months ago"), (-730 * day, "2 years ago"),
        (90, "in 1 min"), (30 * day, "in 30 days"),
    ]

    @Test("Times are told by how long ago they were", arguments: times)
    func relative(offset: Int64, text: String) throws {
        let now = Timestamp(seconds: 1_772_366_400)
        #expect(TimeOptions.relative(now + offset, at: now) == text)
        var options = try TimeOptions.parse([])
        #expect(options.text(of: now + offset, at: now) == text)
        options.absolute = true
        #expect(options.text(of: now, at: now) == "2026-03-01T12:00:00Z")
        #expect(options.text(of: nil, at: now) == "never")
    }

    @Test("What would be lost is not, where nobody can be asked and nobody has said yes")
    func confirmation() throws {
        #expect(throws: (any Error).self) { try ConfirmationOptions.parse([]).require("All is lost.") }
        try ConfirmationOptions.parse(["--yes"]).require("All is lost.")
        try ConfirmationOptions.parse(["-y"]).require("All is lost.")
    }
}
