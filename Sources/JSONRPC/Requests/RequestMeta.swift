package import StrictJSON

/// The optional top-level member `meta`: how a call is to be treated, as opposed to what it asks for.
package struct RequestMeta: Sendable, Equatable {
    /// How long the caller waits, in milliseconds from the arrival of the line.
    package var timeoutMilliseconds: Int?
    /// UTF-8, 1 to 256 bytes, compared as bytes.
    package var idempotencyKey: [UInt8]?
    /// The trace that the call belongs to. A text of another form is passed over.
    package var traceparent: TraceParent?

    package static let longestText = 256

    package init(timeoutMilliseconds: Int? = nil, idempotencyKey: [UInt8]? = nil, traceparent: TraceParent? = nil) {
        self.timeoutMilliseconds = timeoutMilliseconds
        self.idempotencyKey = idempotencyKey
        self.traceparent = traceparent
    }

    package var isEmpty: Bool { timeoutMilliseconds == nil && idempotencyKey == nil && traceparent == nil }

    /// Reads `meta`. Null is as left out, here and in the members; members of other names are ignored.
    init(_ value: JSONValue) throws(JSONMismatches) {
        if value.isNull { return }
        guard value.kind == .object else {
            throw JSONMismatches([JSONMismatch("meta", "expected an object, found \(value.kind.noun)")])
        }
        var problems: [JSONMismatch] = []
        for (name, value) in value.members where !value.isNull {
            if name.stringEquals("timeout_ms") {
                timeoutMilliseconds = value.int
                if (timeoutMilliseconds ?? -1) < 0 {
                    problems.append(JSONMismatch("meta.timeout_ms", "expected an integer from 0"))
                }
            } else if name.stringEquals("idempotency_key") {
                idempotencyKey = RequestMeta.text(value, "meta.idempotency_key", minimum: 1, &problems)
            } else if name.stringEquals("traceparent") {
                traceparent = RequestMeta.text(value, "meta.traceparent", minimum: 0, &problems).flatMap {
                    TraceParent($0)
                }
            }
        }
        if !problems.isEmpty { throw JSONMismatches(problems) }
    }

    private static func text(
        _ value: JSONValue, _ path: String, minimum: Int, _ problems: inout [JSONMismatch]
    ) -> [UInt8]? {
        if let bytes = value.stringBytes, bytes.count >= minimum, bytes.count <= longestText { return bytes }
        let reason = "expected a string of \(minimum) to \(longestText) bytes"
        problems.append(JSONMismatch(path, reason))
        return nil
    }
}

extension RequestMeta: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("timeout_ms", ifPresent: timeoutMilliseconds)
        if let idempotencyKey {
            json.name("idempotency_key")
            idempotencyKey.withUnsafeBufferPointer { json.string(utf8: $0) }
        }
        json.member("traceparent", ifPresent: traceparent?.text)
        json.endObject()
    }
}
