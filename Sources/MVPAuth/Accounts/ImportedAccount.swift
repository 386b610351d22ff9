/// An account that was made elsewhere, as the store takes it over. What is nil is not known: a new account has the usual
/// value, and of one that is there already nothing is changed.
package struct ImportedAccount: Sendable {
    package var id: UserID?
    package var email: Email
    package var passwordHash: PasswordHash?
    package var isVerified: Bool?
    package var isActive: Bool?
    package var createdAt: Timestamp?

    package init(
        id: UserID? = nil, email: Email, passwordHash: PasswordHash? = nil, isVerified: Bool? = nil,
        isActive: Bool? = nil, createdAt: Timestamp? = nil
    ) {
        self.id = id
        self.email = email
        self.passwordHash = passwordHash
        self.isVerified = isVerified
        self.isActive = isActive
        self.createdAt = createdAt
    }
}

/// What becomes of an account that is there already.
package enum ImportConflict: String, Sendable, CaseIterable {
    /// It stays as it is.
    case skip
    /// It becomes what the import says.
    case update
}

package enum ImportOutcome: Sendable, Equatable {
    case created
    /// With whether the account was made active or inactive.
    case updated(UserID, changesActivity: Bool)
    /// It is there already, and stays as it is.
    case skipped
    /// Nothing was done, because of what is said here.
    case refused(String)
}

extension [ImportOutcome] {
    /// How many became what, as it is noted.
    var summary: String {
        var counts = (created: 0, updated: 0, skipped: 0, refused: 0)
        for outcome in self {
            switch outcome {
            case .created: counts.created += 1
            case .updated: counts.updated += 1
            case .skipped: counts.skipped += 1
            case .refused: counts.refused += 1
            }
        }
        return "created=\(counts.created) updated=\(counts.updated) skipped=\(counts.skipped) refused=\(counts.refused)"
    }
}

/// What a batch came to.
package struct ImportReport: Sendable, Equatable {
    package var created = 0
    package var updated = 0
    package var skipped = 0
    package var errors: [Failure] = []

    package struct Failure: Sendable, Equatable {
        /// The place in the batch.
        package let index: Int
        /// Repeats nothing of the account.
        package let reason: String
    }
}
