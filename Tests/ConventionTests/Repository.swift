import Foundation

/// The files of this repository, as text.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// The Swift files below a directory, by their paths from the root.
    static func swiftFiles(below directory: String) -> [String] { files(".swift", below: directory) }

    /// The files below a directory whose names end so, by their paths from the root.
    static func files(_ ending: String, below directory: String) -> [String] {
        let start = root.appendingPathComponent(directory).path
        let all = FileManager.default.enumerator(atPath: start)?.compactMap { $0 as? String } ?? []
        return all.filter { $0.hasSuffix(ending) }.sorted().map { directory + "/" + $0 }
    }

    /// The modules that a file imports.
    static func imports(of path: String) throws -> Set<String> {
        let pattern =
            /^(?:@testable )?(?:(?:public|package|internal|fileprivate|private) )?import (?:(?:struct|class|enum|func|protocol|let|var) )?(\w+)/
        // What is between triple quotes may be code of another language.
        let code = try text(path).split(separator: "\"\"\"", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 0 }.map(\.element).joined()
        let lines = code.split(separator: "\n").map { $0.drop { $0 == " " } }
        return Set(lines.compactMap { $0.firstMatch(of: pattern).map { String($0.output.1) } })
    }
}
