internal import MVPAuth
package import StrictJSON

package struct ImportUsers: RPCMethod {
    package let users: [TransferredUser]
    package let dryRun: Bool?
    package let onConflict: ConflictRule?

    package init(users: [TransferredUser], dryRun: Bool? = nil, onConflict: ConflictRule? = nil) {
        self.users = users
        self.dryRun = dryRun
        self.onConflict = onConflict
    }

    package static let meanings: [String: MemberMeaning] = [
        "users": "At most 100 accounts.",
        "dry_run": "Whether nothing is done, and only said what would be.",
        "on_conflict": """
        What becomes of an account that is there already, by its identifier or its address: `skip` leaves it as it is, \
        which is what happens when this is left out; `update` makes it what is said here, except for a password that was \
        set or hashed by this service since.
        """,
    ]

    package struct Reply: Codable, Sendable, JSONExplained {
        package let created: Int
        package let updated: Int
        package let skipped: Int
        package let errors: [Failure]

        package init(created: Int, updated: Int, skipped: Int, errors: [Failure]) {
            self.created = created
            self.updated = updated
            self.skipped = skipped
            self.errors = errors
        }

        package struct Failure: Codable, Sendable, JSONExplained {
            package let index: Int
            package let reason: String

            package init(index: Int, reason: String) {
                self.index = index
                self.reason = reason
            }

            package static let meanings: [String: MemberMeaning] = [
                "index": "The place of the account in `users`, from 0.",
                "reason": "The member that is wrong, and what is wrong with it.",
            ]
        }

        package static let meanings: [String: MemberMeaning] = [
            "created": "How many accounts are new.",
            "updated": "How many were changed.",
            "skipped": "How many are there already and stay as they are.",
            "errors": "Those that were not taken over. They stop no other.",
        ]
    }

    package static let spec = MethodSpec(
        "admin.import_users",
        "Takes accounts over from elsewhere, with the password hashes that other software made. Nothing is sent to anybody.",
        role: .admin, cost: .hashing, isIdempotent: true, isSensitive: true)

    package static let example = (
        params: ImportUsers(
            users: [
                TransferredUser(
                    id: Examples.userID, email: Examples.email,
                    passwordHash: Secret(
                        "pbkdf2_sha256$1000000$bvwX63dEFtrHdky9f5aGOH$qIl6tHTgjU20OwMQwF4eGEKP4RPmgGRVmBxpjrUwsc8="),
                    isVerified: true, createdAt: Examples.instant)
            ]),
        reply: Reply(created: 1, updated: 0, skipped: 0, errors: [])
    )
}

/// What becomes of an account that is there already.
package enum ConflictRule: String, NamedCase {
    case skip, update
}
