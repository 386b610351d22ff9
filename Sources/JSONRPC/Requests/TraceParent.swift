/// The trace that a call belongs to, as its caller names it: `traceparent` of W3C Trace Context §3.2.
///
/// It goes on unchanged, as from a service that takes no part in the trace.
package struct TraceParent: Sendable, Equatable {
    package let text: String

    /// Nil for what readers are to pass over: a value that does not have the form, or whose ids are zero.
    package init?(_ value: some Sequence<UInt8>) {
        let bytes = Array(value)
        let parts = bytes.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count >= 4, zip(parts, [2, 32, 16, 2]).allSatisfy({ $0.count == $1 && $0.allSatisfy(Self.isHex) })
        else { return nil }
        // Later versions may say more after what is read here; the first does not, and the last is none.
        let version = String(decoding: parts[0], as: UTF8.self)
        guard version != "ff", version != "00" || parts.count == 4, bytes.count <= RequestMeta.longestText,
            bytes.allSatisfy({ (0x21...0x7E).contains($0) }),
            Self.isID(parts[1]), Self.isID(parts[2])
        else { return nil }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// The name of the whole trace.
    package var traceID: String { String(decoding: text.utf8.dropFirst(3).prefix(32), as: UTF8.self) }

    private static func isHex(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x61...0x66: true
        default: false
        }
    }

    private static func isID(_ digits: ArraySlice<UInt8>) -> Bool { digits.contains { $0 != UInt8(ascii: "0") } }
}
