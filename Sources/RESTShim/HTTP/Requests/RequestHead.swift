package import HTTPTypes

/// A request without its body, and what its fields say about the connection and the body.
package struct RequestHead {
    /// How the body ends (RFC 9112 §6).
    enum Framing: Equatable {
        case none
        case length(Int)
        case chunked
    }

    package let request: HTTPRequest
    let framing: Framing
    /// The client wants the connection to go on after the answer.
    package let keepsAlive: Bool
    let isLegacy: Bool
    /// The client sends the body when it has been told to.
    let expectsContinue: Bool

    init(_ line: RequestLine, _ fields: HTTPFields) throws(Failure) {
        guard let method = HTTPRequest.Method(rawValue: line.method) else {
            throw .malformed("The request line must begin with a method.")
        }
        let host = try Self.host(fields, isLegacy: line.isLegacy)
        framing = try Self.framing(fields, isLegacy: line.isLegacy)
        isLegacy = line.isLegacy
        let options = fields[values: .connection].flatMap(Self.elements)
        keepsAlive = !options.contains("close") && (!line.isLegacy || options.contains("keep-alive"))
        expectsContinue = try Self.expectsContinue(fields, isLegacy: line.isLegacy) && framing != .none
        request = HTTPRequest(
            method: method, scheme: nil, authority: line.authority ?? host, path: line.path, headerFields: fields)
    }

    /// RFC 9112 §3.2: one and valid, whatever the target says of the host.
    private static func host(_ fields: HTTPFields, isLegacy: Bool) throws(Failure) -> String? {
        let hosts = fields[values: .hostName]
        guard hosts.count <= 1 else { throw .malformed("A request has one Host header; this one has \(hosts.count).") }
        guard let host = hosts.first else {
            guard isLegacy else { throw .malformed("A request of HTTP/1.1 needs a Host header.") }
            return nil
        }
        guard HostField.isValid(host.utf8) else {
            throw .malformed("The header Host must be a host name, perhaps with a port.")
        }
        return host
    }

    private static func framing(_ fields: HTTPFields, isLegacy: Bool) throws(Failure) -> Framing {
        let lengths = fields[values: .contentLength]
        let codings = fields[values: .transferEncoding]
        guard codings.isEmpty else {
            guard !isLegacy else { throw .malformed("HTTP/1.0 has no Transfer-Encoding.") }
            guard lengths.isEmpty else {
                throw .malformed("A request has Content-Length or Transfer-Encoding, not both.")
            }
            let names = codings.flatMap(elements)
            guard names.last == "chunked", !names.dropLast().contains("chunked") else {
                throw .malformed("The Transfer-Encoding must be chunked.")
            }
            guard names.count == 1 else { throw .unknownCoding }
            return .chunked
        }
        guard lengths.count <= 1 else { throw .malformed("A request has one Content-Length.") }
        guard let text = lengths.first else { return .none }
        guard !text.isEmpty, text.utf8.allSatisfy(\.isDigit) else {
            throw .malformed("The Content-Length must be a number of bytes.")
        }
        let length = Int(text) ?? Int.max
        return length == 0 ? .none : .length(length)
    }

    /// HTTP/1.0 has no interim answers (RFC 9110 §10.1.1).
    private static func expectsContinue(_ fields: HTTPFields, isLegacy: Bool) throws(Failure) -> Bool {
        let expectations = fields[values: .expect].flatMap(elements)
        guard !isLegacy, !expectations.isEmpty else { return false }
        guard expectations.allSatisfy({ $0 == "100-continue" }) else { throw .unknownExpectation }
        return true
    }

    /// The elements of a list (RFC 9110 §5.6.1) in lower case; empty ones do not count.
    static func elements(_ list: String) -> [String] {
        list.utf8.split(separator: UInt8(ascii: ",")).compactMap { element in
            var bytes = element.drop(while: \.isBlank)
            while bytes.last?.isBlank == true { bytes = bytes.dropLast() }
            return bytes.isEmpty ? nil : String(decoding: bytes.map(\.asciiLowercased), as: UTF8.self)
        }
    }
}

extension HTTPField.Name {
    /// Host as a field: HTTP types would have it in the authority, where a second one could not be seen.
    fileprivate static let hostName = Self("Host")!
}
