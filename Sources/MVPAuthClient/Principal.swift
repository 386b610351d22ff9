public import MVPAuth

/// For whom a call is made: the holder of an access token or, from trusted applications, a user by name.
public enum Principal: Sendable {
    case accessToken(Secret)
    case user(UserID)

    var accessToken: Secret? {
        if case .accessToken(let token) = self { token } else { nil }
    }

    var userID: UserID? {
        if case .user(let id) = self { id } else { nil }
    }
}
