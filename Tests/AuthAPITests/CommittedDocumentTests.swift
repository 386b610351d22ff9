import AuthAPI
import Foundation
import StrictJSON
import Testing

/// What was promised is what is committed: a change of the catalogue shows there, and is looked at.
@Suite("Committed documents")
struct CommittedDocumentTests {
    @Test(
        "The documents in docs/ are those of the catalogue",
        arguments: [
            ("openrpc.json", OpenRPC.document().prettyText), ("openapi.json", OpenAPI.document().prettyText),
            ("rpc.md", Array(Reference.markdown().utf8)), ("rest.md", Array(RESTReference.markdown().utf8)),
        ])
    func document(_ name: String, _ text: [UInt8]) throws {
        let docs = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("docs")
        let committed = try String(contentsOf: docs.appendingPathComponent(name), encoding: .utf8)
        #expect(committed == String(decoding: text, as: UTF8.self), "\(name) is stale: make generate")
    }
}
