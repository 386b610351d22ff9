internal import ArgumentParser
internal import AuthSettings
internal import Glibc
internal import SQLiteStore
internal import Host

/// A consistent copy of the accounts, while the daemon runs.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copies the SQLite database into one file, while the daemon runs.",
        discussion:
            "The file is new and private (0600). The signing key is not in it: --key-file copies it too, into a file "
            + "to be kept elsewhere, since both together are every account. PostgreSQL has tools of its own: pg_dump.")

    @Argument(help: "The file to make.")
    var file: String

    @Option(name: .customLong("key-file"), help: "Where to copy the signing key of the state directory.")
    var keyFile: String?

    @OptionGroup var location: DatabaseLocation

    func run() throws {
        try location.withDatabase { settings, path in
            let key = settings.directories.state + "/key"
            let hasKey = settings.keys.secret == nil && settings.keys.privateKeyFile == nil && access(key, F_OK) == 0
            if keyFile != nil, !hasKey {
                throw StartFailure("There is no key in the state directory; the settings name another one.")
            }
            try DatabaseBackup.make(of: path, at: file)
            StandardStreams.writeLine("\(path) was copied to \(file).", to: STDOUT_FILENO)
            if let keyFile {
                try Self.copy(key, to: keyFile)
                StandardStreams.writeLine("\(key) was copied to \(keyFile).", to: STDOUT_FILENO)
            } else if hasKey {
                StandardStreams.writeLine(
                    "mvp-auth: warning: the signing key \(key) is not in the backup; without it everybody has to sign "
                        + "in again. Keep a copy elsewhere: --key-file FILE.", to: STDERR_FILENO)
            }
        }
    }

    private static func copy(_ source: String, to destination: String) throws {
        let input = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard input >= 0 else { throw StartFailure("\(source) cannot be read: \(StartFailure.reason).") }
        defer { close(input) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = read(input, &bytes, bytes.count)
        guard count > 0 else { throw StartFailure("\(source) cannot be read.") }
        let output = open(destination, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard output >= 0 else {
            throw StartFailure(
                errno == EEXIST
                    ? "\(destination) exists already; nothing is overwritten."
                    : "\(destination) cannot be made: \(StartFailure.reason).")
        }
        defer { close(output) }
        guard write(output, bytes, count) == count, fsync(output) == 0 else {
            throw StartFailure("\(destination) cannot be written: \(StartFailure.reason).")
        }
    }
}
