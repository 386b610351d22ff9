/// What a login or a refresh gives.
public struct TokenPair: Sendable {
    public let accessToken: Secret
    public let refreshToken: Secret
    /// Seconds until the access token expires.
    public let expiresIn: Int64

    public init(accessToken: Secret, refreshToken: Secret, expiresIn: Int64) {
        self.accessToken = accessToken
        self.refreshToken = refreshToken
        self.expiresIn = expiresIn
    }
}
