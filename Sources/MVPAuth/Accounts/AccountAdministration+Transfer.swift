internal import Synchronization

/// Accounts that come from elsewhere, and that go there.
extension AccountAdministration {
    /// An account as an operator hands it over, not judged yet.
    package struct ForeignAccount: Sendable {
        package var id: UserID?
        package var email: String
        /// In any form that other software stores: see ``PasswordHasher/adopt(_:for:)``.
        package var passwordHash: Secret?
        package var isVerified: Bool?
        package var isActive: Bool?
        package var createdAt: Timestamp?

        package init(email: String) {
            self.email = email
        }
    }

    /// How many accounts a batch holds at most.
    package static let largestBatch = 100

    /// Takes accounts over, all of a batch in one transaction. One that is refused is reported, with the reason, and stops
    /// no other. Nothing is sent to anybody.
    ///
    /// - Parameter isRehearsal: says what would be done, and does nothing.
    package func take(
        _ accounts: [ForeignAccount], onConflict conflict: ImportConflict, isRehearsal: Bool, for caller: Caller
    ) async throws(AuthError) -> ImportReport {
        let now = core.time.now()
        var report = ImportReport()
        var judged: [(index: Int, account: ImportedAccount, newID: UserID)] = []
        for (index, account) in accounts.enumerated() {
            do throws(AuthError) {
                let account = try await judge(account, isRehearsal: isRehearsal, at: now, caller)
                judged.append((index, account, .random(from: core.entropy)))
            } catch {
                // What is wrong with one account; anything else concerns all of them.
                guard let field = error.fields.first, !error.code.isOfService else { throw error }
                report.errors.append(.init(index: index, reason: "\(field.path) \(field.reason)"))
            }
        }
        let outcomes = try await outcomes(of: judged.map { ($0.account, $0.newID) }, conflict, isRehearsal, at: now)
        for (row, outcome) in zip(judged, outcomes) {
            switch outcome {
            case .created: report.created += 1
            case .updated: report.updated += 1
            case .skipped: report.skipped += 1
            case .refused(let reason): report.errors.append(.init(index: row.index, reason: reason))
            }
        }
        report.errors.sort { $0.index < $1.index }
        return report
    }

    private func judge(
        _ account: ForeignAccount, isRehearsal: Bool, at now: Timestamp, _ caller: Caller
    ) async throws(AuthError) -> ImportedAccount {
        var judged = ImportedAccount(
            id: account.id, email: try core.emails.canonical(account.email), isVerified: account.isVerified,
            isActive: account.isActive, createdAt: account.createdAt)
        guard account.createdAt ?? now <= now else {
            throw AuthError(.validation, fields: [.init("created_at", "is in the future")])
        }
        if let hash = account.passwordHash {
            if let refusal = core.hasher.refusal(of: hash) { throw AuthError(refusal) }
            // A rehearsal stores nothing, so nothing has to be hashed for it.
            judged.passwordHash =
                isRehearsal
                ? PasswordHash(hash.reveal(), isImported: true) : try await core.hasher.adopt(hash, for: caller.name)
        }
        return judged
    }

    /// A rehearsal is the same transaction, undone: so it says what would be done with an account that comes twice, too.
    private func outcomes(
        of accounts: [(ImportedAccount, UserID)], _ conflict: ImportConflict, _ isRehearsal: Bool, at now: Timestamp
    ) async throws(AuthError) -> [ImportOutcome] {
        guard isRehearsal else { return try await core.store.take(accounts, onConflict: conflict, at: now) }
        let rehearsed = Rehearsal()
        do throws(AuthError) {
            return try await core.store.write { transaction -> [ImportOutcome] in
                rehearsed.note(
                    try accounts.map { try transaction.take($0.0, onConflict: conflict, newID: $0.1, at: now) })
                throw AuthError(.cancelled)
            }
        } catch {
            guard error.code == .cancelled, let outcomes = rehearsed.outcomes else { throw error }
            return outcomes
        }
    }

    /// A part of all accounts, the oldest first: an account that stays is on exactly one page.
    ///
    /// - Parameter withHashes: what begins to hand them out is noted.
    ///
    /// Throws `INVALID_PARAMS` for a cursor that is none of this list.
    package func export(_ request: PageRequest, withHashes: Bool) async throws(AuthError) -> Page<User> {
        let cursor: PageCursor<User>? = try request.cursor(by: core.cursorKey)
        if withHashes, cursor == nil {
            let now = core.time.now()
            try await core.store.write { try $0.record(.adminExportUsers, at: now) }
        }
        let found = try await core.store.read { try $0.export(after: cursor, limit: request.limit + 1) }
        return request.page(of: found, by: core.cursorKey) {
            PageCursor<User>(createdAt: $0.createdAt, id: $0.id)
        }
    }
}

/// What a transaction found that was undone.
private final class Rehearsal: Sendable {
    private let state = Mutex<[ImportOutcome]?>(nil)

    var outcomes: [ImportOutcome]? { state.withLock { $0 } }

    func note(_ outcomes: [ImportOutcome]) { state.withLock { $0 = outcomes } }
}

extension AuthError.Code {
    /// Whether the error is about the service, not about what was asked of it.
    fileprivate var isOfService: Bool { self != .validation && self != .passwordValidation }
}
