package import StrictJSON

/// Writes replies and notifications, one line each, straight into ``json``.
package struct ResponseWriter: Sendable {
    /// What has been written. The owner sends it and calls ``removeAll()``.
    package var json: JSONWriter
    /// Where the batch that is being answered begins.
    private var batchStart: Int?

    package init(reserving capacity: Int = 0) {
        json = JSONWriter(reserving: capacity)
    }

    package mutating func removeAll() { json.removeAll() }

    /// `{"jsonrpc":"2.0","id":…,"result":…}`. If the result cannot be encoded it throws, and nothing is written.
    @inlinable
    package mutating func success<T: Encodable>(id: RequestID, result: T) throws {
        try success(id: id) { try JSONEncoding.encode(result, into: &$0) }
    }

    /// The same, with a result that `write` writes.
    @inlinable
    package mutating func success<Failure: Error>(
        id: RequestID, _ write: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        let start = json.count
        begin(id: id)
        json.raw(",\"result\":")
        do throws(Failure) {
            try write(&json)
        } catch {
            json.truncate(to: start)
            throw error
        }
        end()
    }

    /// `{"jsonrpc":"2.0","id":…,"error":{…}}`; nil as id reads null.
    package mutating func error(id: RequestID?, _ error: RPCErrorObject) {
        begin(id: id)
        json.raw(",\"error\":")
        error.write(to: &json)
        end()
    }

    /// `{"jsonrpc":"2.0","method":…,"params":…}`
    package mutating func notification<T: Encodable>(_ method: String, params: T) throws {
        let start = json.count
        json.raw("{\"jsonrpc\":\"2.0\"")
        json.member("method", method)
        json.raw(",\"params\":")
        do {
            try JSONEncoding.encode(params, into: &json)
        } catch {
            json.truncate(to: start)
            throw error
        }
        json.raw("}\n")
    }

    /// Replies from here to ``endBatch()`` become one array on one line.
    package mutating func beginBatch() {
        precondition(batchStart == nil, "a batch is inside no other")
        batchStart = json.count
        json.beginArray()
    }

    /// Adds a line that was written elsewhere to the batch.
    package mutating func element(_ line: UnsafeRawBufferPointer) {
        precondition(batchStart != nil, "no batch has begun")
        guard !line.isEmpty else { return }
        json.element()
        json.raw(UnsafeRawBufferPointer(rebasing: line.dropLast()))
    }

    /// Ends the line of a batch. Answers false, and has written nothing, if no reply was in it.
    @discardableResult
    package mutating func endBatch() -> Bool {
        guard let start = batchStart else { preconditionFailure("no batch has begun") }
        batchStart = nil
        if json.count == start + 1 {
            json.truncate(to: start)
            return false
        }
        json.raw("]\n")
        return true
    }

    @usableFromInline
    mutating func begin(id: RequestID?) {
        if batchStart != nil { json.element() }
        json.raw("{\"jsonrpc\":\"2.0\",\"id\":")
        if let id { id.withBytes { json.raw($0) } } else { json.null() }
    }

    @usableFromInline
    mutating func end() { if batchStart == nil { json.raw("}\n") } else { json.endObject() } }
}
