import Foundation
import Testing

@Suite("Links in documents")
struct LinkTests {
    @Test(
        "What a document links to is there",
        arguments: [
            "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "docs/operations.md", "docs/rpc.md",
            "docs/rest.md", "docs/settings.md", "docs/limits.md", "docs/security-checklist.md", "clients/README.md",
            "clients/python/README.md", "clients/node/README.md", "clients/go/README.md",
            "clients/vectors/README.md",
        ])
    func links(_ path: String) throws {
        let directory = path.split(separator: "/").dropLast().map { $0 + "/" }.joined()
        for match in try Repository.text(path).matches(of: /\]\(([^)\s]+)\)/) {
            let link = match.output.1
            guard !link.contains("://") else { continue }
            let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            let target = parts[0].isEmpty ? path : directory + parts[0]
            let file = Repository.root.appendingPathComponent(target).standardized.path
            #expect(FileManager.default.fileExists(atPath: file), "\(path) links to \(link)")
            guard parts.count == 2, target.hasSuffix(".md") else { continue }
            let headings = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
                .filter { $0.hasPrefix("#") }.map { Self.anchor($0) }
            #expect(headings.contains(String(parts[1])), "\(path) links to \(link)")
        }
    }

    /// What readers of Markdown make of a heading.
    private static func anchor(_ heading: Substring) -> String {
        heading.drop { $0 == "#" || $0 == " " }.lowercased().filter { $0.isLetter || $0.isNumber || "-_ ".contains($0) }
            .replacing(" ", with: "-")
    }
}
