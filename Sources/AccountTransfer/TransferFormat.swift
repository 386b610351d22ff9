/// Whose files are read.
package enum TransferFormat: String, Sendable, CaseIterable {
    /// The own one: JSON Lines, or CSV with a header.
    case own = "mvp-auth"
    case supabase
    case betterAuth = "better-auth"
    case django
    case firebase
    case auth0
    case keycloak
    case fastAPIUsers = "fastapi-users"

    var layout: any AccountLayout {
        switch self {
        case .own: OwnLayout()
        case .supabase: SupabaseLayout()
        case .betterAuth: BetterAuthLayout()
        case .django: DjangoLayout()
        case .firebase: FirebaseLayout()
        case .auth0: Auth0Layout()
        case .keycloak: KeycloakLayout()
        case .fastAPIUsers: FastAPIUsersLayout()
        }
    }
}

/// Where a format keeps what of an account.
protocol AccountLayout: Sendable {
    /// Of a format whose files are one JSON object: the members that may hold the list of accounts.
    var lists: [String] { get }

    /// The members that are read.
    var members: Set<String> { get }

    /// What the record holds of an account.
    func names(in record: TransferRecord) -> [String]

    /// Sees the whole of a file that is one JSON object before its accounts are read.
    mutating func prepare(_ file: JSONFile) throws(TransferProblem)

    /// Nil: it is no account.
    func account(_ record: TransferRecord) throws(TransferProblem) -> TransferredAccount?
}

extension AccountLayout {
    var lists: [String] { [] }

    func names(in record: TransferRecord) -> [String] { record.names }

    func prepare(_ file: JSONFile) throws(TransferProblem) {}
}
