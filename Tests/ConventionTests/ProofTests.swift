import Foundation
import Testing

/// Documents say which test shows what they promise: `FileOfTheTest: its name`.
@Suite("Proofs in documents")
struct ProofTests {
    private static let languages: Set = ["swift", "py", "go", "mjs", "cjs", "js"]

    /// The texts of all tests, by the names of their files without an ending.
    private static let tests: [String: [String]] = {
        var tests: [String: [String]] = [:]
        for directory in ["Tests", "clients"] {
            let start = Repository.root.appendingPathComponent(directory)
            let all = FileManager.default.enumerator(atPath: start.path)?.compactMap { $0 as? String } ?? []
            for path in all {
                let file = start.appendingPathComponent(path)
                guard languages.contains(file.pathExtension), let text = try? String(contentsOf: file, encoding: .utf8)
                else { continue }
                tests[file.deletingPathExtension().lastPathComponent, default: []].append(text)
            }
        }
        return tests
    }()

    @Test("A test that a document names exists", arguments: ["SECURITY.md", "docs/security-checklist.md"])
    func names(_ path: String) throws {
        let named = try Repository.text(path).matches(of: /`([A-Z]\w+): ([^`]+)`/)
        #expect(named.count > 20)
        for match in named {
            let (file, name) = (String(match.output.1), match.output.2)
            // As a literal of Swift, or as a function of another language.
            let texts = Self.tests[file] ?? []
            let isThere = texts.contains { $0.contains("\"\(name)\"") || $0.contains(" \(name)(") }
            #expect(isThere, "\(path) names \(file): \(name)")
        }
    }
}
