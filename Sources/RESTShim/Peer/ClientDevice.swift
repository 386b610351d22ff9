internal import AuthAPI
internal import HummingbirdCore
internal import HTTPTypes

/// What a session remembers of the browser: its User-Agent and its address.
struct ClientDevice {
    let info: DeviceInfo?
    let address: IPAddressText?

    init(_ request: Request, peer: ClientPeer, trusting proxies: [TrustedProxy]) {
        info = request.headers[.userAgent].map { DeviceInfo(trimming: $0) }
        address = Self.address(peer, request.headers[values: .xForwardedFor], proxies)
            .flatMap { IPAddressText($0.text) }
    }

    /// The peer; behind trusted proxies the nearest hop, counted from the right, that is none of them. Nil when that hop
    /// is not an address.
    private static func address(
        _ peer: ClientPeer, _ forwarded: [String], _ proxies: [TrustedProxy]
    ) -> IPAddress? {
        peer.isTrusted ? hop(in: forwarded, proxies) ?? peer.address : peer.address
    }

    /// Outer nil: there is no such hop. Inner nil: it is not an address. Empty elements do not count (RFC 9110 §5.6.1.2).
    private static func hop(in forwarded: [String], _ proxies: [TrustedProxy]) -> IPAddress?? {
        let elements = forwarded.flatMap(RequestHead.elements)
        for element in elements.reversed().prefix(longestChain) {
            guard let address = IPAddress(forwarded: element) else { return .some(nil) }
            if !proxies.contains(where: { $0.contains(address) }) { return .some(address) }
        }
        return nil
    }

    private static let longestChain = 32
}

extension HTTPField.Name {
    static let xForwardedFor = Self("X-Forwarded-For")!
}
