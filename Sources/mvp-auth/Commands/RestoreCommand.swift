internal import ArgumentParser
internal import Glibc
internal import SQLiteStore
internal import Host

/// A backup in the place of the database.
struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Puts a backup in the place of the SQLite database. Stop the daemon first.",
        discussion:
            "The backup is checked before anything is touched, and the database that was there is kept beside the new "
            + "one. What happened after the backup is gone: sessions that were ended since are alive again.")

    @Argument(help: "The backup.")
    var file: String

    @OptionGroup var location: DatabaseLocation

    func run() throws {
        try location.withDatabase { _, path in
            let kept = try DatabaseBackup.restore(file, to: path)
            StandardStreams.writeLine("\(path) is \(file) now.", to: STDOUT_FILENO)
            if let kept {
                StandardStreams.writeLine("The database that was there is \(kept).", to: STDOUT_FILENO)
            }
        }
    }
}
