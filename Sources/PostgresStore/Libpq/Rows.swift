internal import CPostgres
internal import Glibc
internal import MVPAuth

/// What one statement returned, in binary format. The memory is libpq's.
final class Rows {
    private let result: OpaquePointer

    /// Takes the result over.
    init(_ result: OpaquePointer) {
        self.result = result
    }

    deinit { PQclear(result) }

    var count: Int { Int(PQntuples(result)) }

    /// How many rows the statement inserted, updated or deleted.
    var changes: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

    func map<Value>(_ read: (Row) throws(MalformedRow) -> Value) throws(MalformedRow) -> [Value] {
        var values: [Value] = []
        for index in 0..<count { values.append(try read(Row(result: result, index: Int32(index)))) }
        return values
    }

    func first<Value>(_ read: (Row) throws(MalformedRow) -> Value) throws(MalformedRow) -> Value? {
        count == 0 ? nil : try read(Row(result: result, index: 0))
    }
}

/// A value that is not what our statements ask for: the schema is not ours.
struct MalformedRow: Error {}

/// One row, valid while its `Rows` are. Columns are read by position.
struct Row {
    fileprivate let result: OpaquePointer
    fileprivate let index: Int32

    func isNull(_ column: Int) -> Bool { PQgetisnull(result, index, Int32(column)) == 1 }

    private func bytes(_ column: Int) throws(MalformedRow) -> UnsafeRawBufferPointer {
        guard !isNull(column), let start = PQgetvalue(result, index, Int32(column)) else { throw MalformedRow() }
        return UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, index, Int32(column))))
    }

    func text(_ column: Int) throws(MalformedRow) -> String {
        String(decoding: try bytes(column), as: UTF8.self)
    }

    func optionalText(_ column: Int) throws(MalformedRow) -> String? {
        isNull(column) ? nil : try text(column)
    }

    func flag(_ column: Int) throws(MalformedRow) -> Bool {
        let bytes = try bytes(column)
        guard bytes.count == 1 else { throw MalformedRow() }
        return bytes[0] != 0
    }

    func number(_ column: Int) throws(MalformedRow) -> Int64 {
        let bytes = try bytes(column)
        guard bytes.count == 8 else { throw MalformedRow() }
        return Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
    }

    func identifier<Entity>(_ column: Int) throws(MalformedRow) -> Identifier<Entity> {
        let bytes = try bytes(column)
        guard bytes.count == 16 else { throw MalformedRow() }
        return Identifier(
            high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
            low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }

    func instant(_ column: Int) throws(MalformedRow) -> Timestamp {
        PostgresInstant.instant(try number(column))
    }

    func optionalInstant(_ column: Int) throws(MalformedRow) -> Timestamp? {
        isNull(column) ? nil : try instant(column)
    }
}

extension User {
    /// Rows that the Python library made lack what was added: what they must mean is said here.
    static let columns = """
        id, email, coalesce(email_key, email), hashed_password, hash_imported, is_active, is_verified, created_at, updated_at, \
        password_generation, \(passwordChange), revoked_before
        """
    static let columnCount = 12
    static let passwordChange = "coalesce(password_changed_at, created_at)"

    init(_ row: Row) throws(MalformedRow) {
        self.init(
            id: try row.identifier(0), email: try row.text(1), canonicalEmail: try row.text(2),
            passwordHash: PasswordHash(try row.text(3), isImported: try row.flag(4)), isActive: try row.flag(5),
            isVerified: try row.flag(6), createdAt: try row.instant(7), updatedAt: try row.instant(8),
            passwordGeneration: try row.number(9), passwordChangedAt: try row.instant(10),
            revokedBefore: try row.optionalInstant(11))
    }
}

extension Session {
    /// Counts rotations. One by a program that knows nothing of generations shows by a hash that is not the one that
    /// we wrote, and counts too.
    static let effectiveGeneration = "generation + CASE WHEN own_hash <> left(refresh_token_hash, 16) THEN 1 ELSE 0 END"

    static let columns = """
        id, user_id, \(effectiveGeneration), refresh_token_hash, rotation_key_hash, device_info, ip_address, created_at, \
        coalesce(last_used_at, created_at), expires_at, absolute_expires_at, \
        coalesce(access_expires_at, created_at), CASE WHEN is_revoked THEN coalesce(revoked_at, created_at) END
        """
    static let columnCount = 13

    /// A session that may still be refreshed at the instant of parameter 2.
    static let isLive = "NOT is_revoked AND expires_at > $2 AND absolute_expires_at > $2"
    /// A session that may still be refreshed, or whose access tokens may live.
    static let mayAct = """
        NOT is_revoked AND ((expires_at > $2 AND absolute_expires_at > $2) OR coalesce(access_expires_at, created_at) > $2)
        """
    static let latestFirst = "coalesce(last_used_at, created_at) DESC, created_at DESC"

    init(_ row: Row) throws(MalformedRow) {
        self.init(
            id: try row.identifier(0), userID: try row.identifier(1), generation: try row.number(2),
            refreshTokenHash: try row.text(3), rotationKeyHash: try row.optionalText(4),
            deviceInfo: try row.optionalText(5), ipAddress: try row.optionalText(6), createdAt: try row.instant(7),
            lastUsedAt: try row.instant(8), expiresAt: try row.instant(9), absoluteExpiresAt: try row.instant(10),
            accessExpiresAt: try row.instant(11), revokedAt: try row.optionalInstant(12))
    }
}

extension EndedSession {
    static let columns = "id, coalesce(access_expires_at, created_at) AS access_expires_at"

    init(_ row: Row) throws(MalformedRow) {
        self.init(id: try row.identifier(0), accessExpiresAt: try row.instant(1))
    }

    /// Nil where an outer join found none.
    static func optional(_ row: Row, at column: Int) throws(MalformedRow) -> EndedSession? {
        guard !row.isNull(column) else { return nil }
        return EndedSession(id: try row.identifier(column), accessExpiresAt: try row.instant(column + 1))
    }
}
