internal import GRDB
internal import MVPAuth

/// Rows as the domain knows them; also those that somebody wrote by hand. Columns are read by position, in the order of `columns`.
extension User {
    static let columns = """
        id, email, coalesce(email_key, email), hashed_password, hash_imported, is_active, is_verified, created_at, updated_at, \
        password_generation, password_changed_at, revoked_before
        """

    init(row: Row) throws {
        self.init(
            id: try row.identifier(0), email: row[1], canonicalEmail: row[2],
            passwordHash: PasswordHash(row[3], isImported: row[4]), isActive: row[5], isVerified: row[6],
            createdAt: row.instant(7), updatedAt: row.instant(8), passwordGeneration: row[9],
            passwordChangedAt: row.instant(10), revokedBefore: row.optionalInstant(11))
    }
}

extension Session {
    static let columns = """
        auth_sessions.id, user_id, generation, refresh_token_hash, rotation_key_hash, device_info, ip_address, \
        auth_sessions.created_at, last_used_at, expires_at, absolute_expires_at, access_expires_at, \
        CASE WHEN is_revoked THEN coalesce(revoked_at, auth_sessions.created_at) END
        """

    /// The position behind the columns.
    static let columnCount = 13

    init(row: Row) throws {
        self.init(
            id: try row.identifier(0), userID: try row.identifier(1), generation: row[2], refreshTokenHash: row[3],
            rotationKeyHash: row[4], deviceInfo: row[5], ipAddress: row[6], createdAt: row.instant(7),
            lastUsedAt: row.instant(8), expiresAt: row.instant(9), absoluteExpiresAt: row.instant(10),
            accessExpiresAt: row.instant(11), revokedAt: row.optionalInstant(12))
    }
}

extension EndedSession {
    /// Reads `id, access_expires_at`.
    init(row: Row) throws {
        self.init(id: try row.identifier(0), accessExpiresAt: row.instant(1))
    }
}

extension Row {
    /// Throws when the column holds no identifier: the row was not written by us.
    func identifier<Entity>(_ index: Int) throws -> Identifier<Entity> {
        let text: String = self[index]
        guard let identifier = Identifier<Entity>(text) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a row holds a malformed identifier")
        }
        return identifier
    }

    func instant(_ index: Int) -> Timestamp { Timestamp(microseconds: self[index]) }

    func optionalInstant(_ index: Int) -> Timestamp? {
        let microseconds: Int64? = self[index]
        return microseconds.map(Timestamp.init(microseconds:))
    }
}
