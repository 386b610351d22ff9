/// What a login or a refresh gives.
public struct TokenPair: Sendable {
    public let accessToken: Secret
    public let refreshToken: Secret
    /// Seconds until the access token expires.
    public let expiresIn: Int64
    /// By which the device is known at its next login; where the login asked for one.
    public internal(set) var deviceToken: Secret?

    public init(accessToken: Secret, refreshToken: Secret, expiresIn: Int64, deviceToken: Secret? = nil) {
        self.accessToken = accessToken
        self.refreshToken = refreshToken
        self.expiresIn = expiresIn
        self.deviceToken = deviceToken
    }
}
