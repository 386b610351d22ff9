internal import HummingbirdCore
internal import NIOCore

/// A form as browsers send it, `application/x-www-form-urlencoded` (URL standard §5), and nothing that they do not.
struct FormBody {
    private var values: [[UInt8]: String] = [:]

    static let mediaType = "application/x-www-form-urlencoded"
    private static let mostFields = 16

    /// The form in a request's body. Throws 415, 413, and 400 for what is no form.
    init(of request: Request, limit: Int) async throws(Failure) {
        let bytes = try await request.bytes(of: Self.mediaType, limit: limit)
        guard let form = Self(Array(bytes.readableBytesView)) else { throw .malformed("The body is not a form.") }
        self = form
    }

    /// Nil for what no browser writes: bytes that must be escaped, half an escape, no UTF-8, U+0000, a name twice, a
    /// name without a value.
    init?(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        let pairs = bytes.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false)
        guard pairs.count <= Self.mostFields else { return nil }
        for pair in pairs {
            guard let sign = pair.firstIndex(of: UInt8(ascii: "=")),
                let name = Self.decoded(pair[..<sign]), let value = Self.decoded(pair[(sign + 1)...]),
                !name.isEmpty, !name.contains(0), !value.contains(0), values[name] == nil,
                let text = String(validating: value, as: UTF8.self)
            else { return nil }
            values[name] = text
        }
    }

    /// Line ends in a value are CRLF, as browsers send them.
    subscript(name: StaticString) -> String? {
        values[name.withUTF8Buffer { Array($0) }]
    }

    /// A name or a value without its escapes; nil when it is not written as one.
    static func decoded(_ bytes: some Sequence<UInt8>) -> [UInt8]? {
        var decoded: [UInt8] = []
        var rest = bytes.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "+"): decoded.append(0x20)
            case UInt8(ascii: "%"):
                guard let high = rest.next()?.hexValue, let low = rest.next()?.hexValue else { return nil }
                decoded.append(UInt8(high << 4 | low))
            case UInt8(ascii: "="), UInt8(ascii: "&"): return nil
            case 0x21...0x7E: decoded.append(byte)
            default: return nil
            }
        }
        return decoded
    }
}
