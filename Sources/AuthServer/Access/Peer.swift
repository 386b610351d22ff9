/// Who is at the other end, as the kernel said once at accept. The pid is for the log only: it can be reused.
package struct Peer: Sendable, Equatable {
    package let uid: UInt32
    package let gid: UInt32
    /// The supplementary groups that the peer had when it connected.
    package let groups: [UInt32]
    package let pid: Int32

    package init(uid: UInt32, gid: UInt32, groups: [UInt32] = [], pid: Int32) {
        self.uid = uid
        self.gid = gid
        self.groups = groups
        self.pid = pid
    }

    /// What the kernel says for a user of a namespace that is not mapped here: nobody in particular.
    package static let overflowID: UInt32 = 65534

    package func isMember(of group: UInt32) -> Bool { gid == group || groups.contains(group) }
}
