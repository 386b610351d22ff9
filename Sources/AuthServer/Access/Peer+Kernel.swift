internal import CLinux
internal import Glibc

extension Peer {
    /// More groups than a process can be in (`NGROUPS_MAX`, limits.h).
    private static let mostGroups = 65_536

    /// Asks the kernel who connected: `SO_PEERCRED` and `SO_PEERGROUPS` (unix(7)). Nil when it cannot say.
    init?(ofConnection descriptor: Int32) {
        var credentials = peer_credentials()
        var length = socklen_t(MemoryLayout<peer_credentials>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0,
            length == MemoryLayout<peer_credentials>.size, let groups = Self.groups(ofConnection: descriptor)
        else { return nil }
        self.init(uid: credentials.uid, gid: credentials.gid, groups: groups, pid: credentials.pid)
    }

    private static func groups(ofConnection descriptor: Int32) -> [UInt32]? {
        // The first call usually suffices; where it does not, the kernel says how much room it wants.
        var groups = [UInt32](repeating: 0, count: 32)
        while true {
            var length = socklen_t(groups.count * MemoryLayout<UInt32>.stride)
            let result = getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, &groups, &length)
            let count = Int(length) / MemoryLayout<UInt32>.stride
            if result == 0 { return Array(groups.prefix(count)) }
            guard errno == ERANGE, count > groups.count, count <= mostGroups else { return nil }
            groups = [UInt32](repeating: 0, count: count)
        }
    }
}
