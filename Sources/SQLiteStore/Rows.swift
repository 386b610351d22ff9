internal import MVPAuth

/// Rows as the domain knows them; also those that somebody wrote by hand. Columns are read by position, in the order of `columns`.
extension User {
    static let columns = """
        id, email, coalesce(email_key, email), hashed_password, hash_imported, is_active, is_verified, created_at, updated_at, \
        password_generation, password_changed_at, revoked_before
        """

    init(row: borrowing Row) throws(SQLiteError) {
        self.init(
            id: try row.identifier(0), email: try row.text(1), canonicalEmail: try row.text(2),
            passwordHash: PasswordHash(try row.text(3), isImported: try row.flag(4)), isActive: try row.flag(5),
            isVerified: try row.flag(6), createdAt: try row.instant(7), updatedAt: try row.instant(8),
            passwordGeneration: try row.integer(9), passwordChangedAt: try row.instant(10),
            revokedBefore: try row.optionalInstant(11))
    }
}

extension Session {
    static let columns = """
        auth_sessions.id, user_id, generation, refresh_token_hash, rotation_key_hash, device_info, ip_address, \
        auth_sessions.created_at, last_used_at, expires_at, absolute_expires_at, access_expires_at, \
        CASE WHEN is_revoked THEN coalesce(revoked_at, auth_sessions.created_at) END
        """

    /// The position after the columns.
    static let columnCount = 13

    init(row: borrowing Row) throws(SQLiteError) {
        self.init(
            id: try row.identifier(0), userID: try row.identifier(1), generation: try row.integer(2),
            refreshTokenHash: try row.text(3), rotationKeyHash: try row.optionalText(4),
            deviceInfo: try row.optionalText(5), ipAddress: try row.optionalText(6), createdAt: try row.instant(7),
            lastUsedAt: try row.instant(8), expiresAt: try row.instant(9), absoluteExpiresAt: try row.instant(10),
            accessExpiresAt: try row.instant(11), revokedAt: try row.optionalInstant(12))
    }
}

extension EndedSession {
    /// Reads `id, access_expires_at`.
    init(row: borrowing Row) throws(SQLiteError) {
        self.init(id: try row.identifier(0), accessExpiresAt: try row.instant(1))
    }
}
