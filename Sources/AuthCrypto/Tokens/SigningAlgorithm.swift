/// How tokens are signed (RFC 7518 §3.1, RFC 8037 §3.1). The raw value is the `alg` header.
public enum SigningAlgorithm: String, Sendable, CaseIterable {
    case hs256 = "HS256"
    case hs384 = "HS384"
    case hs512 = "HS512"
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case es256 = "ES256"
    case es384 = "ES384"
    /// Ed25519.
    case eddsa = "EdDSA"

    public var isSymmetric: Bool {
        switch self {
        case .hs256, .hs384, .hs512: true
        default: false
        }
    }

    var isRSA: Bool {
        switch self {
        case .rs256, .rs384, .rs512, .ps256: true
        default: false
        }
    }

    /// Bits of the SHA-2 digest; Ed25519 hashes by itself.
    var digestBits: Int {
        switch self {
        case .hs256, .rs256, .ps256, .es256: 256
        case .hs384, .rs384, .es384: 384
        case .hs512, .rs512, .eddsa: 512
        }
    }

    /// Bytes of an ECDSA signature's R and S (RFC 7518 §3.4).
    var coordinateBytes: Int? {
        switch self {
        case .es256: 32
        case .es384: 48
        default: nil
        }
    }
}

/// Why a key cannot be used, in one sentence that holds none of it.
public struct KeyError: Error, CustomStringConvertible, Equatable {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
