package import StrictJSON

/// A caller need not say it.
package struct Hello: RPCMethod {
    package let versions: [Int]?
    package let client: Software?
    package let roles: [PeerRole]?

    package init(versions: [Int]? = nil, client: Software? = nil, roles: [PeerRole]? = nil) {
        self.versions = versions
        self.client = client
        self.roles = roles
    }

    enum CodingKeys: String, CodingKey {
        case versions = "protocol"
        case client, roles
    }

    package static let meanings: [String: MemberMeaning] = [
        "protocol": "The versions of the protocol that the caller speaks.",
        "client": "The program that calls.",
        "roles": "The roles to keep; the others are given up for the life of the connection.",
    ]

    package struct Reply: Codable, Sendable, JSONExplained {
        package let version: Int
        package let server: Software
        package let instanceID: String
        package let peer: PeerDescription
        package let limits: Limits
        package let capabilities: [String]
        package let openrpcSHA256: String

        package init(
            version: Int, server: Software, instanceID: String, peer: PeerDescription, limits: Limits,
            capabilities: [String], openrpcSHA256: String
        ) {
            self.version = version
            self.server = server
            self.instanceID = instanceID
            self.peer = peer
            self.limits = limits
            self.capabilities = capabilities
            self.openrpcSHA256 = openrpcSHA256
        }

        enum CodingKeys: String, CodingKey {
            case version = "protocol"
            case server, instanceID, peer, limits, capabilities, openrpcSHA256
        }

        package static let meanings: [String: MemberMeaning] = [
            "protocol": "The version of the protocol that is spoken.",
            "server": "The program that answers.",
            "instance_id": "The daemon's process: another one after each start.",
            "peer": "Who the caller is.",
            "limits": "What the server accepts from the peer.",
            "capabilities": "What the server can do besides the methods.",
            "openrpc_sha256": "The SHA-256 of what `rpc.discover` answers, in hexadecimal.",
        ]
    }

    package static let spec = MethodSpec(
        "system.hello", "Agrees on the protocol and tells the caller who it is.", role: .any, cost: .memory,
        isIdempotent: true,
        errors: [.unsupportedProtocol])

    package static let example = (
        params: Hello(versions: [1], client: Software(name: "shop", version: "2.4")),
        reply: Reply(
            version: 1, server: .mvpAuth, instanceID: "1f8b7c0a9d3e4f52",
            peer: PeerDescription(uid: 1000, gid: 1000, app: "shop", roles: [.client]), limits: .standard,
            capabilities: ["cancel"], openrpcSHA256: String(repeating: "0", count: 64))
    )
}
