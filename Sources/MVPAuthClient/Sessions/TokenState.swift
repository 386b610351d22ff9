internal import MVPAuth

/// A pair of tokens, and what time does to it. Instants are durations since the source was made.
struct TokenState: Sendable {
    private(set) var pair: TokenPair
    /// One key for each refresh token, over every attempt to use it.
    private(set) var key = ""
    /// Why there will be no token any more.
    private(set) var loss: AuthClientError?
    /// Whether the application has kept the pair: before that nobody gets its token.
    var isSaved = true
    /// When to refresh.
    private var due = Duration.zero
    /// When the access token has certainly expired.
    private var expiry = Duration.zero
    /// Not before this, after an attempt that failed.
    private var nextAttempt = Duration.zero

    enum Answer {
        case token(Secret)
        case lost(AuthClientError)
        case due
    }

    /// - Parameter age: how long ago the pair was made; nil when nobody knows.
    init(_ pair: TokenPair, age: Duration?, at now: Duration) {
        self.pair = pair
        adopt(pair, age: age, at: now, isSaved: true)
    }

    mutating func adopt(_ pair: TokenPair, age: Duration?, at now: Duration, isSaved: Bool) {
        self.pair = pair
        self.isSaved = isSaved
        key = UserID.random(from: SystemEntropy()).description
        let lifetime = Duration.seconds(max(0, pair.expiresIn))
        let birth = now - (age ?? lifetime)
        // Not all processes at once: up to a tenth earlier.
        due = birth + lifetime * Double.random(in: 0.7...0.8)
        expiry = birth + lifetime
        nextAttempt = now
    }

    func answer(at now: Duration) -> Answer {
        if let loss { return .lost(loss) }
        // After a failed attempt the old token does for a while; not everybody who asks tries again.
        return isSaved && (now < due || now < min(nextAttempt, expiry)) ? .token(pair.accessToken) : .due
    }

    func isDue(at now: Duration) -> Bool { now >= due }

    /// The token that is good in spite of a refresh that failed.
    func survivor(at now: Duration) -> Secret? {
        loss == nil && isSaved && now < expiry ? pair.accessToken : nil
    }

    /// An attempt has failed: the next one is not made at once.
    mutating func postpone(at now: Duration) {
        nextAttempt = now + .milliseconds(Int64.random(in: 500...1500))
    }

    /// A service has not taken the token: it is refreshed if it is still the one of the pair.
    mutating func refuse(_ token: Secret) {
        guard constantTimeEqual(Array(token.reveal().utf8), Array(pair.accessToken.reveal().utf8)) else { return }
        (due, expiry) = (.seconds(-1), .seconds(-1))
    }

    func isOther(_ stored: TokenPair) -> Bool {
        !constantTimeEqual(Array(stored.refreshToken.reveal().utf8), Array(pair.refreshToken.reveal().utf8))
    }

    /// Notes an error that ends the session; false for any other, and after the first.
    mutating func isLost(by error: AuthClientError) -> Bool {
        guard loss == nil, let known = error.known, Self.ends.contains(known) else { return false }
        loss = error
        return true
    }

    private static let ends: Set<AuthError.Code> = [
        .tokenReuse, .tokenRevoked, .tokenExpired, .tokenInvalid, .userInactive,
    ]
}
