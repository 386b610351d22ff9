#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

extension DatabaseFile {
    /// What a file is, whatever it is called.
    struct Identity: Equatable {
        let device: UInt64
        let inode: UInt64
    }

    static func identity(of path: String) -> Identity? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        return Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }
}
