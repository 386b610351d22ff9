/// What is taken for one client where connections are counted: an IPv4 address, or a /64 of IPv6, which is what one
/// subscriber gets (RFC 6177 §2).
struct ClientNetwork: Hashable, Sendable {
    private let isVersion6: Bool
    private let bits: UInt64

    /// Without spaces.
    var text: String { (isVersion6 ? "6:" : "4:") + String(bits, radix: 16) }

    init(_ address: IPAddress) {
        isVersion6 = address.bytes.count == 16
        bits = address.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
