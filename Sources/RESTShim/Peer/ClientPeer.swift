internal import NIOCore

/// The other end of a connection.
struct ClientPeer: Sendable {
    /// Nil on a Unix socket.
    let address: IPAddress?
    /// A proxy, which speaks for others.
    let isTrusted: Bool
    /// Nil for one that is not counted: a trusted proxy, and whoever may open the Unix socket.
    let network: ClientNetwork?

    static let unknown = ClientPeer(address: nil, isTrusted: false, network: nil)

    private init(address: IPAddress?, isTrusted: Bool, network: ClientNetwork?) {
        self.address = address
        self.isTrusted = isTrusted
        self.network = network
    }

    init(_ channel: any Channel, trusting proxies: [TrustedProxy]) {
        if let address = channel.remoteAddress?.ipAddress.flatMap({ IPAddress($0) }) {
            let isTrusted = proxies.contains { $0.contains(address) }
            self.init(address: address, isTrusted: isTrusted, network: isTrusted ? nil : ClientNetwork(address))
        } else {
            let isUnix = channel.localAddress?.protocol == .unix
            self.init(address: nil, isTrusted: isUnix && proxies.contains(where: \.isUnix), network: nil)
        }
    }
}
