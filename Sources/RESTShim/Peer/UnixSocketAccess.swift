package import Host

/// Who may open the shim's Unix socket.
package struct UnixSocketAccess: Sendable, Equatable {
    package var mode: UInt32 = 0o660
    /// The owning group's name; nil leaves the process's.
    package var group: String?

    package init() {}

    /// Reads `0660`. Throws when it is no mode, or one under which the shim itself could not be asked.
    package static func mode(_ text: String) throws(StartFailure) -> UInt32 {
        guard (3...4).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x37).contains($0) }),
            let mode = UInt32(text, radix: 8), mode <= 0o777, mode & 0o600 == 0o600
        else { throw .configuration("The mode \"\(text)\" of the socket must be octal and of the form 0660.") }
        return mode
    }
}
