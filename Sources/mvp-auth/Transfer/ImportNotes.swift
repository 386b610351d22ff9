internal import Glibc
internal import Host
internal import StrictJSON

/// `FILE.done`: how far an import of FILE has come. It goes when the import is through.
struct ImportNotes {
    private let path: String
    /// Of the file: notes of another one are of no use.
    private let bytes: Int

    init(of file: String, bytes: Int) {
        path = file + ".done"
        self.bytes = bytes
    }

    /// Nil when nothing was begun.
    func read() throws -> ImportCounts? {
        guard access(path, F_OK) == 0 else { return nil }
        var scanner = JSONScanner()
        guard let value = try? scanner.scan(try CallCommand.contents(ofFile: path)), let json = try? JSON(value),
            let bytes = json["bytes"]?.int, let rows = json["rows"]?.int, rows >= 0,
            let created = json["created"]?.int, let updated = json["updated"]?.int,
            let skipped = json["skipped"]?.int, let failed = json["failed"]?.int
        else { throw StartFailure("\(path) cannot be read. Without it the import begins anew.") }
        guard bytes == self.bytes else {
            throw StartFailure(
                "\(path) is of another file than this one, or of an earlier state of it. Without it the import "
                    + "begins anew, which does no harm.")
        }
        return ImportCounts(rows: rows, created: created, updated: updated, skipped: skipped, failed: failed)
    }

    /// Replaces the notes at once, so that they are never half of anything. Where they cannot be written, an import that is
    /// broken off begins anew: that is slower, and no more.
    func write(_ counts: ImportCounts) {
        let json: JSON = [
            "bytes": .int(bytes), "rows": .int(counts.rows), "created": .int(counts.created),
            "updated": .int(counts.updated), "skipped": .int(counts.skipped), "failed": .int(counts.failed),
        ]
        let new = path + ".new"
        let descriptor = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return }
        let text = json.text + [UInt8(ascii: "\n")]
        let isWritten = Glibc.write(descriptor, text, text.count) == text.count
        close(descriptor)
        if isWritten { rename(new, path) } else { unlink(new) }
    }

    func remove() { unlink(path) }
}
