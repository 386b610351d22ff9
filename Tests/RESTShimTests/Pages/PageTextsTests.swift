import Foundation
import Testing

@testable import RESTShim

@Suite("The pages' texts")
struct PageTextsTests {
    private func sentences(_ files: [String: String]) throws -> String {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("texts-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: directory, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: directory) }
        for (name, text) in files {
            try Data(text.utf8).write(to: directory.appendingPathComponent(name))
        }
        do {
            _ = try PageTexts(directory: directory.path)
        } catch {
            return "\(error)".replacing(directory.path + "/", with: "")
        }
        return ""
    }

    @Test("Every text has words, which say what they may")
    func standard() {
        let texts = PageTexts()
        let values = Dictionary(uniqueKeysWithValues: PagePlaceholder.allCases.map { ($0, "‹\($0.rawValue)›") })
        for name in PageText.allCases {
            let text = texts.text(name, values)
            #expect(!text.isEmpty && !text.contains("{{"), "\(name)")
            #expect(name.placeholders.isEmpty || text.contains("‹"), "\(name)")
        }
    }

    @Test(
        "A file that is no text of the pages is a sentence",
        arguments: [
            ("verify-headign.txt", "x", "is no text of the pages. Did you mean verify-heading.txt?"),
            ("notes", "x", "is no text of the pages. Those are language.txt"),
            ("verify-text.txt", "{{emial}}", "has {{emial}}; what it may have: {{email}}"),
            ("verify-heading.txt", "{{email}}", "has {{email}}; what it may have: nothing"),
            ("verify-text.txt", "{{email", "has {{ without }}"), ("wait.txt", " \n", "is empty"),
            ("wait.txt", "a\u{0}b", "is not UTF-8 text without control"), ("language.txt", "de<", "must be the tag"),
            ("digits-label.txt", "Type them", "must have {{digits}}."), ("direction.txt", "up", "must be ltr or rtl"),
            ("wait.txt", String(repeating: "x", count: 2001), "is longer than 2000 bytes"),
        ])
    func faults(file: String, text: String, fault: String) throws {
        let said = try sentences([file: text])
        #expect(said.hasPrefix("\(file) \(fault)"), "\(said)")
    }

    @Test("Every wrong file is told of, and what editors leave behind is not meant")
    func several() throws {
        let both = try sentences(["a": "x", "b": "x", "wait.txt": "Moment …", "wait.txt~": "{{", ".wait.txt.swp": "x"])
        #expect(both.split(separator: "\n").count == 2, "\(both)")
        #expect(try sentences(["wait.txt": "Einen\nMoment …\n", "direction.txt": "rtl\n"]).isEmpty)
    }

    @Test("What is put into a page can be nothing but text")
    func escapes() {
        let page = PageTemplate("<p title=\"{{a}}\">{{a}}</p>{{#b}}[{{b}}{{#c}}{{c}}{{/c}}]{{/b}}{{#d}}d{{/d}}{{e}}")
        let filled = page.filled(with: ["a": "<\"'&>{{b}}", "b": "", "d": ""])
        let written = "&lt;&quot;&#39;&amp;&gt;{{b}}"
        #expect(filled == "<p title=\"\(written)\">\(written)</p>[]d")
    }
}
