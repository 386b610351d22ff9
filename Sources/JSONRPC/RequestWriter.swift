package import StrictJSON

/// Writes calls and notifications, one line each: the client's half.
package struct RequestWriter: Sendable {
    /// What has been written. The owner sends it and calls ``removeAll()``.
    package var json: JSONWriter

    package init(reserving capacity: Int = 0) {
        json = JSONWriter(reserving: capacity)
    }

    package mutating func removeAll() { json.removeAll() }

    /// A call. If the params cannot be encoded it throws, and nothing is written.
    package mutating func request<T: Encodable>(
        id: Int, method: String, params: T, meta: RequestMeta = RequestMeta()
    ) throws {
        try line(id: id, method: method, params: params, meta: meta)
    }

    /// A notification: nobody answers it.
    package mutating func notification<T: Encodable>(
        method: String, params: T, meta: RequestMeta = RequestMeta()
    ) throws {
        try line(id: nil, method: method, params: params, meta: meta)
    }

    private mutating func line<T: Encodable>(id: Int?, method: String, params: T, meta: RequestMeta) throws {
        let start = json.count
        json.raw("{\"jsonrpc\":\"2.0\"")
        json.member("id", ifPresent: id)
        json.member("method", method)
        json.raw(",\"params\":")
        do {
            try JSONEncoding.encode(params, into: &json)
        } catch {
            json.truncate(to: start)
            throw error
        }
        if !meta.isEmpty { json.member("meta", meta) }
        json.raw("}\n")
    }
}
