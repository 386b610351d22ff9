internal import Glibc
internal import NIOCore

extension AuthClientError {
    /// Why a connection could not be made, and what helps.
    ///
    /// - Parameters:
    ///   - path: the socket that was tried.
    ///   - searched: all places that were looked at.
    static func unreachable(_ error: any Error, at path: String, searched: [String]) -> Self {
        if let error = error as? Self { return error }
        let start = "The daemon cannot be reached: "
        switch (error as? IOError)?.errnoCode {
        case ENOENT, ENOTDIR:
            let places = searched.joined(separator: " or ")
            return .unavailable("\(start)there is no socket at \(places). Is mvp-authd running?")
        case ECONNREFUSED:
            return .unavailable("\(start)nobody listens on \(path). Is mvp-authd running?")
        case EACCES, EPERM:
            var refused = unavailable("\(start)this user is not permitted to open \(path); \(advice(on: path)).")
            // Waiting does not help.
            refused.isRetryable = false
            return refused
        case EAGAIN: return .unavailable("\(start)too many wait to be let in at \(path).")
        case let code?: return .unavailable("\(start)\(path): \(String(cString: strerror(code))).")
        case nil:
            if error is ChannelError { return .unavailable("\(start)\(path) did not answer in time.") }
            return .unavailable("\(start)\(path) cannot be opened: \(error).")
        }
    }

    /// What helps whoever may not open a socket: `admin.sock` is for no group.
    private static func advice(on path: String) -> String {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IWGRP == 0 { return "root and the daemon's own user are" }
        return "add the user to the group \(owners(of: path))"
    }

    /// The group that a socket is for; the package's where it cannot be seen.
    private static func owners(of path: String) -> String {
        var status = stat()
        guard stat(path, &status) == 0, status.st_gid != 0 else { return "mvp-auth" }
        var entry = group()
        var found: UnsafeMutablePointer<group>?
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 65_536) { room in
            guard getgrgid_r(status.st_gid, &entry, room.baseAddress, room.count, &found) == 0, found != nil,
                let name = entry.gr_name
            else { return String(status.st_gid) }
            return String(cString: name)
        }
    }
}
