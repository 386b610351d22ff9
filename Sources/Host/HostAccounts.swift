internal import Glibc

/// The host's users and groups by name.
package enum HostAccounts {
    package static func uid(of name: String) -> UInt32? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        return withRoom { getpwnam_r(name, &entry, $0, roomForOne, &found) == 0 && found != nil }
            ? entry.pw_uid : nil
    }

    package static func gid(of name: String) -> UInt32? {
        var entry = group()
        var found: UnsafeMutablePointer<group>?
        return withRoom { getgrnam_r(name, &entry, $0, roomForOne, &found) == 0 && found != nil }
            ? entry.gr_gid : nil
    }

    /// Room for the strings of one entry, of a group with many members too.
    private static let roomForOne = 65_536

    private static func withRoom(_ body: (UnsafeMutablePointer<CChar>) -> Bool) -> Bool {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: roomForOne) { room in
            room.baseAddress.map(body) ?? false
        }
    }
}
