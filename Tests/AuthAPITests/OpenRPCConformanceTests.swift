import AuthAPI
import Contract
import Foundation
import StrictJSON
import Testing

/// Checks the document with a validator that is not ours.
@Suite("OpenRPC conformance")
struct OpenRPCConformanceTests {
    @Test("The document is one of OpenRPC 1.3, with schemas of draft 7 and examples that fit them")
    func conforms() throws {
        #expect(try complaints(of: OpenRPC.document()) == [])
    }

    @Test("A document with a flaw is refused, and the place is named", arguments: Flaw.all)
    func refuses(_ flaw: Flaw) throws {
        let complaints = try complaints(of: flaw.document)
        #expect(complaints.contains { $0.hasPrefix(flaw.place + ": ") }, "\(complaints)")
    }

    /// What the validator prints.
    private func complaints(of document: JSON) throws -> [String] {
        let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("OpenRPC")
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("openrpc-\(UUID()).json")
        try Data(document.text).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let (validator, output) = (Process(), Pipe())
        // Not the python of the PATH, which may be another one than that of Debian's python3-jsonschema.
        validator.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        validator.arguments = [
            here.appendingPathComponent("validate.py").path,
            here.appendingPathComponent("openrpc-1.3.schema.json").path, file.path,
        ]
        (validator.standardOutput, validator.standardError) = (output, output)
        try validator.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        validator.waitUntilExit()
        #expect(validator.terminationStatus == (text.isEmpty ? 0 : 1))
        return text.split(separator: "\n").map(String.init)
    }

    /// A document that is not as it has to be, and where.
    struct Flaw: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let place: String
        let document: JSON

        static let all = [
            document("no info", at: "$") { $0["info"] = nil },
            document("a version of another specification", at: "$.openrpc") { $0["openrpc"] = "3.1.0" },
            document("a member that nobody knows", at: "$") { $0["surplus"] = true },
            document("a component's name with a space", at: "$.components.errors") {
                $0["components"] = ["errors": ["NOT A NAME": ["code": 1, "message": "No."]]]
            },
            method("no name", at: "$.methods[0]") { $0["name"] = nil },
            method("params that are no list", at: "$.methods[0].params") { $0["params"] = [:] },
            method("an unknown way to give params", at: "$.methods[0].paramStructure") {
                $0["paramStructure"] = "sideways"
            },
            method("an error without a number", at: "$.methods[0].errors[0]") {
                $0["errors"] = [["message": "It failed."]]
            },
            method("an example without a name", at: "$.methods[0].examples[0]") { $0["examples"] = [["params": []]] },
            method("a schema that is none", at: "$.methods[0].result.schema.type") {
                $0["result"] = ["name": "result", "schema": ["type": "text"]]
            },
            method("an example of a schema that does not fit it", at: "$.methods[0].result.schema.examples[0]") {
                $0["result"] = ["name": "result", "schema": ["type": "integer", "examples": ["one"]]]
            },
            method("a reference that leads nowhere", at: "$.methods[0].errors[0]") {
                $0["errors"] = [["$ref": "#/components/errors/NONE"]]
            },
            method("the name of another method", at: "$.methods[1].name") { $0["name"] = "auth.login" },
            method("an optional param before a required one", at: "$.methods[0].params") {
                $0["params"] = .array([["name": "first", "schema": true]] + ($0["params"]?.elements ?? []))
            },
            method("an example without a required param", at: "$.methods[0].examples[0].params") {
                $0["examples"] = [["name": "example", "params": []]]
            },
            method("an example of a result that does not fit", at: "$.methods[0].examples[0].result.value.id") {
                $0["examples"] = .array(($0["examples"]?.elements ?? []).map(withNumberedResult))
            },
        ]

        private static func document(_ what: String, at place: String, _ spoil: (inout JSON) -> Void) -> Flaw {
            var document = OpenRPC.document()
            spoil(&document)
            return Flaw(testDescription: what, place: place, document: document)
        }

        /// A flaw of the first method.
        private static func method(_ what: String, at place: String, _ spoil: (inout JSON) -> Void) -> Flaw {
            document(what, at: place) { document in
                var methods = document["methods"]?.elements ?? []
                spoil(&methods[0])
                document["methods"] = .array(methods)
            }
        }

        private static func withNumberedResult(_ pairing: JSON) -> JSON {
            var (pairing, value) = (pairing, pairing.at("result", "value"))
            value?["id"] = 7
            pairing["result"]?["value"] = value
            return pairing
        }
    }
}
