package import MVPAuth

/// An account that nobody has stored yet.
package func account(
    _ email: String, hash: String = "$2b$04$hash", at now: Timestamp = SystemTime().now()
) -> User {
    User(
        id: .random(from: SystemEntropy()), email: email, passwordHash: PasswordHash(hash), createdAt: now,
        updatedAt: now, passwordChangedAt: now)
}

/// A session that nobody has stored yet.
package func newSession(of user: User, at now: Timestamp = SystemTime().now()) -> Session {
    Session(
        id: .random(from: SystemEntropy()), userID: user.id, refreshTokenHash: "hash-0", createdAt: now,
        lastUsedAt: now, expiresAt: now + 3600, absoluteExpiresAt: now + 7200, accessExpiresAt: now + 900)
}
