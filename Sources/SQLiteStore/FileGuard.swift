internal import Synchronization

/// Looks whether the files of the database are where they were opened, and says when that changes.
final class FileGuard: Sendable {
    private let file: DatabaseFile
    private let onFailure: @Sendable (String) -> Void
    private let wasInPlace = Atomic(true)

    init(_ file: DatabaseFile, onFailure: @escaping @Sendable (String) -> Void) {
        self.file = file
        self.onFailure = onFailure
    }

    /// False while a file is renamed, deleted or replaced; true again when it is put back.
    func isInPlace() -> Bool {
        let misplaced = file.misplaced()
        if wasInPlace.exchange(misplaced == nil, ordering: .relaxed) != (misplaced == nil) {
            onFailure(
                misplaced.map {
                    "\($0) was renamed, deleted or replaced while the daemon runs: nothing is written until it is put "
                        + "back; to use another file, stop the daemon first"
                } ?? "the files of the database are back in their places")
        }
        return misplaced == nil
    }
}
