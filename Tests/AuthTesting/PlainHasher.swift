package import MVPAuth

/// Stores the password as it is: for tests of everything but hashing.
package struct PlainHasher: PasswordHasher {
    package init() {}

    package func hash(_ password: Secret, for app: String) async throws(AuthError) -> PasswordHash {
        PasswordHash("plain:" + password.reveal())
    }

    package func verify(
        _ password: Secret, against stored: PasswordHash?, for app: String
    ) async throws(AuthError) -> PasswordVerdict {
        stored == PasswordHash("plain:" + password.reveal()) ? .match(needsRehash: false) : .mismatch
    }
}
