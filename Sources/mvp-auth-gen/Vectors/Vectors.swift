internal import StrictJSON

/// What every client is tested by, whatever its language: one JSON text a line.
enum Vectors {
    static var files: [(name: String, text: String)] {
        [
            ("methods.jsonl", MethodVectors.rows), ("errors.jsonl", ErrorVectors.rows),
            ("retries.jsonl", RetryVectors.rows), ("endpoints.jsonl", EndpointVectors.rows),
            ("framing.jsonl", FramingVectors.rows), ("strings.jsonl", StringVectors.rows),
        ].map { name, rows in
            (name, rows.map { String(decoding: $0.text, as: UTF8.self) + "\n" }.joined())
        }
    }
}
