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
        let paramsStart = json.count
        do {
            try JSONEncoding.encode(params, into: &json)
            // What nobody accepts is not sent: a service that reads strictly refuses U+0000 in any string.
            if json.withBytes({ $0.dropFirst(paramsStart).hasEscapedNUL }) {
                throw JSONMismatch(ofNULIn: Array(json.bytes.dropFirst(paramsStart)))
            }
        } catch {
            json.truncate(to: start)
            throw error
        }
        if !meta.isEmpty { json.member("meta", meta) }
        json.raw("}\n")
    }
}

extension JSONMismatch {
    /// Where U+0000 is in the params, as the service would name it.
    fileprivate init(ofNULIn params: [UInt8]) {
        var scanner = JSONScanner()
        guard let value = try? scanner.scan(params), let defect = value.defect else {
            self.init("params", "U+0000 in a string")
            return
        }
        self.init(value.path(to: defect), defect.reason)
    }
}

extension Slice<UnsafeRawBufferPointer> {
    /// Whether a string in this JSON holds U+0000, which can only stand there as an escape.
    fileprivate var hasEscapedNUL: Bool {
        var rest = self
        while let backslash = rest.firstIndex(of: UInt8(ascii: "\\")) {
            rest = rest[(backslash + 1)...]
            if rest.starts(with: "u0000".utf8) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}
