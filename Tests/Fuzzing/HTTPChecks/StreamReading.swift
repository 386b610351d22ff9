internal import HTTPTypes
internal import NIOCore
internal import RESTShim
internal import WireChecks

/// What the shim's reader makes of a stream of bytes.
struct StreamReading: Equatable {
    struct Request: Equatable, CustomStringConvertible {
        var method: String
        var path: String
        var authority: String
        /// Names as they were written, and values.
        var fields: [Field]
        var body: [UInt8]
        var keepsAlive: Bool
    }

    struct Field: Equatable, CustomStringConvertible {
        var name: [UInt8]
        var value: [UInt8]

        var description: String { "\(shown(name)): \(shown(value))" }
    }

    var requests: [Request] = []
    /// The status of the refusal that ended the reading.
    var refusal: Int?

    /// Reads the bytes in pieces. Throws when more is kept than the limits allow.
    init(_ stream: [UInt8], cuts: [Int], _ limits: RequestReader.Limits) throws(BrokenInvariant) {
        var reader = RequestReader(limits)
        var input = ByteBuffer()
        var head: RequestHead?
        var start = 0
        for end in cuts + [stream.count] {
            input.writeBytes(stream[start..<end])
            start = end
            do throws(Failure) {
                while true {
                    if head == nil { head = try reader.head(from: &input) }
                    guard let read = head, let body = try reader.body(from: &input) else { break }
                    head = nil
                    requests.append(Request(read, Array(body.readableBytesView)))
                }
            } catch {
                refusal = error.status.code
                return
            }
            try require(requests.count <= stream.count, "requests without end")
            let longest = max(limits.targetBytes + 64, limits.headerBytes, 1024) + 1
            try require(input.readableBytes <= longest, "\(input.readableBytes) bytes are left unread")
            let most = limits.headerBytes + 2 * limits.bodyBytes + 1024
            try require(reader.heldBytes <= most, "\(reader.heldBytes) bytes are kept")
        }
    }
}

extension StreamReading.Request {
    init(_ head: RequestHead, _ body: [UInt8]) {
        let fields = head.request.headerFields.map { field in
            StreamReading.Field(
                name: Array(field.name.rawName.utf8), value: field.withUnsafeBytesOfValue { Array($0) })
        }
        self.init(
            method: head.request.method.rawValue, path: head.request.path ?? "",
            authority: head.request.authority ?? "", fields: fields, body: body, keepsAlive: head.keepsAlive)
    }

    var description: String { "\(method) \(path) of \(authority) \(fields) \(shown(body))" }

    /// The values of a field, in lower case.
    func values(of name: String) -> [String] {
        fields.filter { String(decoding: $0.name, as: UTF8.self).lowercased() == name }
            .map { String(decoding: $0.value, as: UTF8.self).lowercased() }
    }
}
