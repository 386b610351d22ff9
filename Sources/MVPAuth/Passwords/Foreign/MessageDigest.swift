/// A hash function whose name is the one in hashes of others.
package enum MessageDigest: String, Sendable, CaseIterable {
    case md5, sha1, sha256, sha512

    /// Of what comes out.
    package var bytes: Int {
        switch self {
        case .md5: 16
        case .sha1: 20
        case .sha256: 32
        case .sha512: 64
        }
    }
}
