public import AuthAPI
public import MVPAuth

/// The service's methods. What each answers and throws is in `docs/rpc.md`.
///
/// With an `idempotencyKey` a call is made again by itself when its answer was lost, and is still done once. It is 8 to
/// 128 printable ASCII characters, one for each intention, and the daemon remembers it for a minute.
extension AuthClient {
    /// Creates an account and sends its verification message.
    ///
    /// - Parameters:
    ///   - email: the owner's address, which is to be verified.
    ///   - password: the one that the owner has chosen.
    ///   - ipAddress: of whoever asks for it: one network creates only so many accounts.
    ///   - idempotencyKey: makes the call one that may be made again.
    public func register(
        email: String, password: Secret, ipAddress: String? = nil, idempotencyKey: String? = nil
    ) async throws(AuthClientError) -> UserResponse {
        try await call(
            Register(email: email, password: password, ipAddress: try bounded(ipAddress, "ip_address")),
            idempotencyKey: idempotencyKey)
    }

    /// Exchanges an email address and a password for a session.
    ///
    /// - Parameters:
    ///   - email: the account's.
    ///   - password: the account's.
    ///   - deviceInfo: what the session is to be known by, such as a browser's `User-Agent`.
    ///   - ipAddress: of whoever signs in: what is tried too often from there has to wait.
    ///   - rememberDevice: whether the pair is to have a `deviceToken`.
    ///   - deviceToken: of an earlier login from this device: it is let try where others have failed too often.
    public func login(
        email: String, password: Secret, deviceInfo: String? = nil, ipAddress: String? = nil,
        rememberDevice: Bool = false, deviceToken: Secret? = nil
    ) async throws(AuthClientError) -> TokenPair {
        try await call(
            Login(
                email: email, password: password, deviceInfo: try bounded(deviceInfo, "device_info"),
                ipAddress: try bounded(ipAddress, "ip_address"), rememberDevice: rememberDevice ? true : nil,
                deviceToken: deviceToken))
    }

    /// Exchanges a refresh token for its successor. Made again by itself, under one idempotency key, when the answer
    /// was lost.
    public func refresh(
        _ refreshToken: Secret, deviceInfo: String? = nil, ipAddress: String? = nil
    ) async throws(AuthClientError) -> TokenPair {
        try await call(
            Refresh(
                refreshToken: refreshToken, deviceInfo: try bounded(deviceInfo, "device_info"),
                ipAddress: try bounded(ipAddress, "ip_address")),
            idempotencyKey: UserID.random(from: SystemEntropy()).description)
    }

    /// Ends the session of an access token.
    public func logout(accessToken: Secret, idempotencyKey: String? = nil) async throws(AuthClientError) {
        _ = try await call(Logout(accessToken: accessToken), idempotencyKey: idempotencyKey)
    }

    /// Ends the session of a refresh token: for whoever's access token has expired.
    public func logout(refreshToken: Secret, idempotencyKey: String? = nil) async throws(AuthClientError) {
        _ = try await call(Logout(refreshToken: refreshToken), idempotencyKey: idempotencyKey)
    }

    /// Ends every session of the user and says how many.
    public func logoutAll(
        _ principal: Principal, idempotencyKey: String? = nil
    ) async throws(AuthClientError) -> Int {
        let call = LogoutAll(accessToken: principal.accessToken, userID: principal.userID)
        return try await self.call(call, idempotencyKey: idempotencyKey).revoked
    }

    /// The account.
    public func currentUser(_ principal: Principal) async throws(AuthClientError) -> UserResponse {
        try await call(GetCurrentUser(accessToken: principal.accessToken, userID: principal.userID))
    }

    /// The account of an address, active or not. Needs the role `trusted`.
    public func findUser(email: String) async throws(AuthClientError) -> UserResponse {
        try await call(FindUser(email: email))
    }

    /// Marks the address of a verification token verified.
    public func verifyEmail(token: Secret) async throws(AuthClientError) -> UserResponse {
        try await call(VerifyEmail(token: token))
    }

    /// Sends the verification message again, if the account wants it.
    public func resendVerification(email: String) async throws(AuthClientError) {
        _ = try await call(ResendVerification(email: email))
    }

    /// Sends a reset message, if there is such an account.
    public func forgotPassword(email: String) async throws(AuthClientError) {
        _ = try await call(ForgotPassword(email: email))
    }

    /// Sets a new password by a reset token, once.
    public func resetPassword(
        token: Secret, newPassword: Secret, idempotencyKey: String? = nil
    ) async throws(AuthClientError) {
        _ = try await call(ResetPassword(token: token, newPassword: newPassword), idempotencyKey: idempotencyKey)
    }

    /// Sets a new password by the old one, and ends every session.
    public func changePassword(
        _ principal: Principal, current: Secret, new: Secret, idempotencyKey: String? = nil
    ) async throws(AuthClientError) {
        _ = try await call(
            ChangePassword(
                accessToken: principal.accessToken, userID: principal.userID, currentPassword: current,
                newPassword: new),
            idempotencyKey: idempotencyKey)
    }

    /// The live sessions, the latest used first.
    public func sessions(_ principal: Principal) async throws(AuthClientError) -> [SessionResponse] {
        try await call(ListSessions(accessToken: principal.accessToken, userID: principal.userID))
    }

    /// Ends one session.
    public func revokeSession(
        _ session: SessionID, of principal: Principal, idempotencyKey: String? = nil
    ) async throws(AuthClientError) {
        _ = try await call(
            RevokeSession(accessToken: principal.accessToken, userID: principal.userID, sessionID: session),
            idempotencyKey: idempotencyKey)
    }

    /// What was done with the account lately, the newest first: at most the last 50.
    public func events(_ principal: Principal) async throws(AuthClientError) -> [EventResponse] {
        try await call(ListEvents(accessToken: principal.accessToken, userID: principal.userID))
    }

    /// Checks an access token and gives its claims.
    public func verify(accessToken: Secret) async throws(AuthClientError) -> TokenPayload {
        try await call(VerifyToken(accessToken: accessToken))
    }

    /// Whether the daemon answers.
    public func ping() async throws(AuthClientError) {
        _ = try await call(Ping())
    }
}

extension AuthClient {
    /// Text within the bound that the daemon would refuse it beyond.
    private func bounded<Bound>(
        _ text: String?, _ name: String
    ) throws(AuthClientError) -> BoundedText<Bound>? {
        guard let text else { return nil }
        if let bounded = BoundedText<Bound>(text) { return bounded }
        var error = AuthClientError.local(.invalidParams, executed: false)
        error.fields = [.init(name, "is longer than allowed")]
        throw error
    }
}
