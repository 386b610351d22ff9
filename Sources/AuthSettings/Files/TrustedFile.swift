internal import Glibc
internal import Host

/// A file that tells a program what to do, so that whoever may write it has the program's power.
package enum TrustedFile {
    static let longest = 1 << 20

    /// The file's bytes.
    ///
    /// - Parameters:
    ///   - noun: how a sentence about the file begins, the setting that names it for instance.
    ///   - isSecret: whether others may not read it either.
    package static func read(
        _ path: String, called noun: String, isSecret: Bool = false
    ) throws(SettingsError) -> [UInt8] {
        let noun = "\(noun) \(printable(path))"
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard file >= 0 else {
            let reason = errno == ENOENT ? "It does not exist" : String(cString: strerror(errno))
            throw SettingsError("\(noun) cannot be read. \(reason).")
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw SettingsError("\(noun) cannot be read.") }
        if status.st_mode & S_IFMT == S_IFCHR, path.utf8.elementsEqual("/dev/null".utf8) { return [] }
        guard status.st_mode & S_IFMT == S_IFREG else { throw SettingsError("\(noun) is not a regular file.") }
        if let complaint = Trust.complaint(status, isSecret: isSecret) ?? Trust.complaint(directoriesOf: path) {
            throw SettingsError("\(noun) \(complaint)")
        }
        var bytes = [UInt8](repeating: 0, count: longest + 1)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress! + count, $0.count - count) }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else {
                throw SettingsError("\(noun) cannot be read. \(String(cString: strerror(errno))).")
            }
            if got == 0 { break }
            count += got
        }
        guard count <= longest else { throw SettingsError("\(noun) is longer than \(longest / 1024) KiB.") }
        bytes.removeSubrange(count...)
        return bytes
    }
}
