internal import AuthAPI
internal import HummingbirdCore
internal import HTTPTypes
internal import NIOCore

/// What a session remembers of the browser: its User-Agent and its address.
struct ClientDevice {
    let info: DeviceInfo?
    let address: IPAddressText?

    init(_ request: Request, peer: SocketAddress?, trusting proxies: [AddressRange]) {
        info = request.headers[.userAgent].map { DeviceInfo(trimming: $0) }
        address = Self.address(peer, request.headers[values: .xForwardedFor], proxies)
            .flatMap { IPAddressText($0.text) }
    }

    /// The peer; behind trusted proxies the nearest hop, counted from the right, that is none of them. Nil when that hop
    /// is not an address.
    private static func address(
        _ peer: SocketAddress?, _ forwarded: [String], _ proxies: [AddressRange]
    ) -> IPAddress? {
        let isLocal = peer?.protocol == .unix
        guard let direct = peer?.ipAddress.flatMap({ IPAddress($0) }) else {
            return isLocal && !proxies.isEmpty ? hop(in: forwarded, proxies) ?? nil : nil
        }
        guard proxies.contains(where: { $0.contains(direct) }) else { return direct }
        return hop(in: forwarded, proxies) ?? direct
    }

    /// Outer nil: there is no such hop. Inner nil: it is not an address.
    private static func hop(in forwarded: [String], _ proxies: [AddressRange]) -> IPAddress?? {
        let elements = forwarded.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
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
