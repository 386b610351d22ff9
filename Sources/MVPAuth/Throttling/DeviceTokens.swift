/// Tokens by which a browser or an app that has signed in once is known again. They sign nobody in: whoever presents one
/// has a count of failures of his own.
struct DeviceTokens: Sendable {
    private let signer: any TokenSigner
    private let policy: AuthPolicy
    private let time: any TimeSource
    private let entropy: any Entropy

    init(_ signer: any TokenSigner, policy: AuthPolicy, time: any TimeSource, entropy: any Entropy) {
        self.signer = signer.derivedSigner(for: "mvp-auth/device")
        self.policy = policy
        self.time = time
        self.entropy = entropy
    }

    /// A device of one account that was signed in by one app.
    struct Device: Sendable {
        let nonce: String
        let user: UserID
        let passwordGeneration: Int64

        /// Whether it is a device of the account as that is now: a change of the password makes it a stranger.
        func belongs(to account: User?) -> Bool {
            guard let account, account.isActive else { return false }
            return account.id == user && account.passwordGeneration == passwordGeneration
        }
    }

    /// A new token. It names its account by the key of its rows, so that it can be told from those of other accounts
    /// before anything is read.
    func make(for user: User, account: String, _ caller: Caller) throws(AuthError) -> Secret {
        let nonce = SessionID.random(from: entropy).hex
        let now = time.now()
        return try signer.sign(
            Claims(
                kind: .device, subject: user.id, tokenID: "\(nonce).\(account)", issuedAt: now.seconds,
                expiresAt: (now + policy.throttle.deviceLifetime).seconds, generation: user.passwordGeneration,
                issuer: policy.issuer, audience: caller.audience ?? policy.audience, app: caller.app))
    }

    /// The device, if the token is one of ours, for this account and this app. Everything else is no device, and no error.
    func device(of token: Secret?, account: String, _ caller: Caller) -> Device? {
        guard let token, let claims = try? signer.verify(token.reveal()), claims.kind == .device,
            time.now().seconds < claims.expiresAt, let generation = claims.generation,
            claims.app.map({ caller.owns(app: $0) }) ?? true,
            Self.areEqual(claims.audience, caller.audience ?? policy.audience)
        else { return nil }
        let parts = claims.tokenID.utf8.split(separator: UInt8(ascii: "."))
        guard parts.count == 2, parts[1].elementsEqual(account.utf8), let nonce = String(parts[0]) else { return nil }
        return Device(nonce: nonce, user: claims.subject, passwordGeneration: generation)
    }

    private static func areEqual(_ left: String?, _ right: String?) -> Bool {
        guard let left, let right else { return left == nil && right == nil }
        return left.utf8.elementsEqual(right.utf8)
    }
}
