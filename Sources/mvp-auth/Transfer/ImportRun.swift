internal import AccountTransfer
internal import AuthAPI
internal import MVPAuth
internal import MVPAuthClient

/// What an import has come to.
struct ImportCounts: Equatable {
    /// How many rows of the file were read and dealt with.
    var rows = 0
    var created = 0
    var updated = 0
    var skipped = 0
    var failed = 0
}

/// An import from its first row that is not done to the last.
struct ImportRun {
    private var reader: AccountReader
    private let lines: Int
    private let notes: ImportNotes?
    private(set) var counts: ImportCounts
    private let isRehearsal: Bool
    private let onConflict: ConflictRule
    private let dropsUnusableHashes: Bool
    private let report: (_ line: Int, _ reason: String) -> Void
    private var progress = ProgressLine()

    /// What a call may hold: a line of the protocol has 64 KiB.
    private static let most = (rows: 100, bytes: 48 * 1024)

    private typealias Row = (line: Int, user: TransferredUser)

    init(
        reader: AccountReader, lines: Int, notes: ImportNotes?, counts: ImportCounts, isRehearsal: Bool,
        onConflict: ConflictRule, dropsUnusableHashes: Bool, report: @escaping (_ line: Int, _ reason: String) -> Void
    ) {
        self.reader = reader
        self.lines = lines
        self.notes = notes
        self.counts = counts
        self.isRehearsal = isRehearsal
        self.onConflict = onConflict
        self.dropsUnusableHashes = dropsUnusableHashes
        self.report = report
    }

    var unknownMembers: [String] { reader.unknownMembers }

    /// Reads and sends what is left, a batch at a time.
    mutating func finish(
        _ send: (ImportUsers) async throws(AuthClientError) -> ImportUsers.Reply
    ) async throws(AuthClientError) {
        defer { progress.clear() }
        for _ in 0..<counts.rows { _ = reader.next() }
        var seen = counts.rows
        var failed: [(line: Int, reason: String)] = []
        var batch: [Row] = []
        var bytes = 0
        while let row = reader.next() {
            seen += 1
            switch row.account {
            case .failure(let problem): failed.append((row.line, problem.reason))
            case .success(let account):
                let size = account.json.text.count
                if bytes + size > Self.most.bytes {
                    try await pass(batch, failed, seen - 1, send)
                    (batch, failed, bytes) = ([], [], 0)
                }
                batch.append((row.line, TransferredUser(account)))
                bytes += size
            }
            if batch.count + failed.count >= Self.most.rows {
                try await pass(batch, failed, seen, send)
                (batch, failed, bytes) = ([], [], 0)
            }
            progress.show(row.line, of: lines)
        }
        try await pass(batch, failed, seen, send)
        notes?.remove()
    }

    /// - Parameter rows: how many rows are dealt with once these are.
    private mutating func pass(
        _ batch: [Row], _ unreadable: [(line: Int, reason: String)], _ rows: Int,
        _ send: (ImportUsers) async throws(AuthClientError) -> ImportUsers.Reply
    ) async throws(AuthClientError) {
        var counts = counts
        var failed = unreadable
        var left = batch
        while !left.isEmpty {
            let reply = try await send(
                ImportUsers(users: left.map(\.user), dryRun: isRehearsal, onConflict: onConflict))
            counts.created += reply.created
            counts.updated += reply.updated
            counts.skipped += reply.skipped
            var again: [Row] = []
            for error in reply.errors where left.indices.contains(error.index) {
                let row = left[error.index]
                if dropsUnusableHashes, row.user.passwordHash != nil, error.reason.hasPrefix("password_hash ") {
                    again.append((row.line, row.user.withoutHash))
                } else {
                    failed.append((row.line, error.reason))
                }
            }
            left = again
        }
        if !failed.isEmpty { progress.clear() }
        for (line, reason) in failed.sorted(by: { $0.line < $1.line }) { report(line, reason) }
        counts.failed += failed.count
        counts.rows = rows
        self.counts = counts
        notes?.write(counts)
    }
}

extension TransferredUser {
    fileprivate init(_ account: TransferredAccount) {
        self.init(
            id: account.id, email: account.email, passwordHash: account.passwordHash.map { Secret($0) },
            isVerified: account.isVerified, isActive: account.isActive, createdAt: account.createdAt)
    }

    fileprivate var withoutHash: TransferredUser {
        TransferredUser(id: id, email: email, isVerified: isVerified, isActive: isActive, createdAt: createdAt)
    }
}
