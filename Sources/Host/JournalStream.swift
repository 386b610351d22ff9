internal import Glibc

/// Whether standard error goes to the journal: `JOURNAL_STREAM` names its device and inode (systemd.exec(5)). A process
/// may have inherited the variable and not the stream, so both are compared.
package enum JournalStream {
    package static func isStandardError(_ variable: String?) -> Bool {
        guard let numbers = variable?.split(separator: ":"), numbers.count == 2, let device = UInt64(numbers[0]),
            let inode = UInt64(numbers[1])
        else { return false }
        var status = stat()
        return fstat(STDERR_FILENO, &status) == 0 && UInt64(status.st_dev) == device
            && UInt64(status.st_ino) == inode
    }
}
