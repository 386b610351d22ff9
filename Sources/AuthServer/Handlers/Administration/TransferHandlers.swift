internal import AuthAPI
internal import MVPAuth

extension ImportUsers: MethodHandler {
    func answer(to call: Call) throws(AuthError) -> Answer<Reply> {
        guard users.count <= AccountAdministration.largestBatch else {
            throw AuthError(.invalidParams, fields: [.init("users", "must be at most 100 accounts")])
        }
        let accounts = users.map { user in
            var account = AccountAdministration.ForeignAccount(email: user.email)
            account.id = user.id
            account.passwordHash = user.passwordHash
            account.isVerified = user.isVerified
            account.isActive = user.isActive
            account.createdAt = user.createdAt
            return account
        }
        let conflict: ImportConflict = onConflict == .update ? .update : .skip
        let isRehearsal = dryRun ?? false
        return .ask { () async throws(AuthError) in
            let report = try await call.system.administration.take(
                accounts, onConflict: conflict, isRehearsal: isRehearsal, for: call.caller)
            return Reply(
                created: report.created, updated: report.updated, skipped: report.skipped,
                errors: report.errors.map { .init(index: $0.index, reason: $0.reason) })
        }
    }
}

extension ExportUsers: MethodHandler {
    func answer(to call: Call) -> Answer<Reply> {
        let hasHashes = withHashes ?? false
        // A cursor of the list without hashes is none of the list with them.
        let request = PageRequest(
            PagedList(Self.spec.name, filters: [hasHashes ? "with_hashes" : nil]), after: cursor?.text,
            limit: limit?.value ?? ExportSize.standard)
        return .ask { () async throws(AuthError) in
            let page = try await call.system.administration.export(request, withHashes: hasHashes)
            let users = page.elements.map { user in
                TransferredUser(
                    id: user.id, email: user.email,
                    passwordHash: hasHashes && user.passwordHash != .none ? Secret(user.passwordHash.text) : nil,
                    isVerified: user.isVerified, isActive: user.isActive, createdAt: user.createdAt)
            }
            return Reply(users: users, next: page.next)
        }
    }
}
