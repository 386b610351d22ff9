package import StrictJSON

/// The optional top-level member `meta`: how a call is to be treated, as opposed to what it asks for.
package struct RequestMeta: Sendable, Equatable {
    /// How long the caller waits, in milliseconds from the arrival of the line.
    package var timeoutMilliseconds: Int?
    /// UTF-8, 1 to 256 bytes, compared as bytes.
    package var idempotencyKey: [UInt8]?
    /// W3C trace context, at most 256 bytes, passed on and not interpreted.
    package var traceparent: [UInt8]?

    package static let longestText = 256

    package init(timeoutMilliseconds: Int? = nil, idempotencyKey: [UInt8]? = nil, traceparent: [UInt8]? = nil) {
        self.timeoutMilliseconds = timeoutMilliseconds
        self.idempotencyKey = idempotencyKey
        self.traceparent = traceparent
    }

    package var isEmpty: Bool { timeoutMilliseconds == nil && idempotencyKey == nil && traceparent == nil }

    /// Reads `meta`. Null is as left out, here and in the members; members of other names are ignored.
    init(_ value: JSONValue) throws(JSONMismatches) {
        if value.isNull { return }
        guard value.kind == .object else {
            throw JSONMismatches([JSONMismatch(path: "meta", reason: "expected an object, found \(value.kind.noun)")])
        }
        var problems: [JSONMismatch] = []
        for (name, value) in value.members where !value.isNull {
            if name.stringEquals("timeout_ms") {
                timeoutMilliseconds = value.int
                if (timeoutMilliseconds ?? -1) < 0 {
                    problems.append(JSONMismatch(path: "meta.timeout_ms", reason: "expected an integer from 0"))
                }
            } else if name.stringEquals("idempotency_key") {
                idempotencyKey = RequestMeta.text(value, "meta.idempotency_key", minimum: 1, &problems)
            } else if name.stringEquals("traceparent") {
                traceparent = RequestMeta.text(value, "meta.traceparent", minimum: 0, &problems)
            }
        }
        if !problems.isEmpty { throw JSONMismatches(problems) }
    }

    private static func text(
        _ value: JSONValue, _ path: String, minimum: Int, _ problems: inout [JSONMismatch]
    ) -> [UInt8]? {
        if let bytes = value.stringBytes, bytes.count >= minimum, bytes.count <= longestText { return bytes }
        let reason = "expected a string of \(minimum) to \(longestText) bytes"
        problems.append(JSONMismatch(path: path, reason: reason))
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
        if let traceparent {
            json.name("traceparent")
            traceparent.withUnsafeBufferPointer { json.string(utf8: $0) }
        }
        json.endObject()
    }
}
