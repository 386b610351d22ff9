/// Tables of the documents.
package enum Markdown {
    package static func table(_ heads: [String], _ rows: [[String]]) -> String {
        let lines = [row(heads), "|" + heads.map { _ in "---|" }.joined()] + rows.map { row($0.map(cell)) }
        return lines.joined(separator: "\n")
    }

    private static func row(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }

    private static func cell(_ text: String) -> String {
        text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }
}
