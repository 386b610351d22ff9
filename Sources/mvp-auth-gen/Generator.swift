internal import AuthAPI
internal import Foundation
internal import StrictJSON

/// Writes every file that follows from the catalogue: the documents, the clients' methods and models, and the vectors
/// that every client is tested by. `mvp-auth-gen [ROOT]`, the working directory by default.
@main
enum Generator {
    static func main() throws {
        let root = CommandLine.arguments.dropFirst().first ?? "."
        for (path, text) in files {
            let place = URL(fileURLWithPath: root + "/" + path)
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: place)
        }
    }

    private static var files: [(path: String, text: String)] {
        [
            ("docs/openrpc.json", String(decoding: OpenRPC.document().prettyText, as: UTF8.self)),
            ("docs/openapi.json", String(decoding: OpenAPI.document().prettyText, as: UTF8.self)),
            ("docs/rpc.md", Reference.markdown()),
            ("docs/rest.md", RESTReference.markdown()),
            ("docs/settings.md", SettingsDocument.text),
            ("docs/limits.md", LimitsDocument.text),
            ("clients/python/src/mvpauth/_generated.py", Python.module),
            ("clients/python/src/mvpauth/core/schemas.py", PythonSchemas.module),
            ("clients/node/lib/generated.cjs", TypeScript.module),
            ("clients/node/lib/generated.d.ts", TypeScriptTypes.module),
            ("clients/go/mvpauth/zz_generated.go", Go.client),
            ("clients/go/httpauth/zz_generated.go", Go.routes),
        ] + Vectors.files.map { ("clients/vectors/" + $0.name, $0.text) }
    }
}
