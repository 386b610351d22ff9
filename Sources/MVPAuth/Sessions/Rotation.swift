/// The exchange of a refresh token for its successor.
///
/// The rules are in `decision(for:userIsActive:)`, once, for every store that can read and write in one transaction.
public struct Rotation: Sendable {
    public let session: SessionID
    public let user: UserID
    public let presented: Presented
    /// SHA-256 of the caller's idempotency key.
    public let keyHash: String?
    /// SHA-256 of the refresh token that will be given if this rotation wins.
    public let successorHash: String
    public let deviceInfo: String?
    public let ipAddress: String?
    public let now: Timestamp
    /// Until when the successor can be used: the idle limit counted from now, or the session's absolute end if that comes
    /// first. Who asks does not know the latter beforehand, and is told `outlives`.
    public let idleExpiry: Timestamp
    public let accessExpiresAt: Timestamp
    /// Within this time the preceding generation gets the current one again. 0: never.
    public let leewaySeconds: Int64
    public let reuseEnds: ReuseScope
    /// What the owner is told when this is a reuse that ends sessions.
    public let notice: EmailNotice?
    /// How a reuse is noted. Nil: it is not.
    public package(set) var trail: AuditTrail?

    /// How long a repeated idempotency key gets the same answer, in seconds.
    public static let replayWindow: Int64 = 60

    /// How the presented token says which of the session's tokens it is.
    public enum Presented: Sendable, Equatable {
        case generation(Int64)
        /// The Python library's tokens name no generation: the SHA-256 must be the stored one, and the generation
        /// (read just before) must not have moved.
        case hash(String, generation: Int64)
    }

    /// Whose sessions end when a used token comes back.
    public enum ReuseScope: String, Sendable, CaseIterable {
        case user
        case session
    }

    public enum Decision: Sendable, Equatable {
        case rotate
        case outlives
        case replay
        case reuse
        case refuse(RotationOutcome.Refusal)
    }

    public init(
        session: SessionID, user: UserID, presented: Presented, keyHash: String?, successorHash: String,
        deviceInfo: String?, ipAddress: String?, now: Timestamp, idleExpiry: Timestamp, accessExpiresAt: Timestamp,
        leewaySeconds: Int64, reuseEnds: ReuseScope, notice: EmailNotice? = nil
    ) {
        self.session = session
        self.user = user
        self.presented = presented
        self.keyHash = keyHash
        self.successorHash = successorHash
        self.deviceInfo = deviceInfo
        self.ipAddress = ipAddress
        self.now = now
        self.idleExpiry = idleExpiry
        self.accessExpiresAt = accessExpiresAt
        self.leewaySeconds = leewaySeconds
        self.reuseEnds = reuseEnds
        self.notice = notice
    }

    /// What to do, given the stored session. `nil` stands for no such session.
    ///
    /// A dead session or account refuses without touching anything else: a signed-out device must not be able to sign
    /// everybody else out. A generation from the future is a token from after a restored backup: unknown, no effect.
    public func decision(for stored: Session?, userIsActive: Bool) -> Decision {
        guard let stored, stored.userID == user else { return .refuse(.unknown) }
        guard userIsActive else { return .refuse(.inactive) }
        guard !stored.isRevoked else { return .refuse(.revoked) }
        guard now < stored.expiresAt, now < stored.absoluteExpiresAt else { return .refuse(.expired) }
        let current = idleExpiry <= stored.absoluteExpiresAt ? Decision.rotate : .outlives
        let generation: Int64
        switch presented {
        case .generation(let presented):
            guard presented != stored.generation else { return current }
            generation = presented
        case .hash(let hash, let read):
            if read == stored.generation, constantTimeEqual(hash.utf8, stored.refreshTokenHash.utf8) { return current }
            generation = read < stored.generation ? read : .min
        }
        guard generation < stored.generation else { return .refuse(.unknown) }
        let age = now.microseconds.subtractingReportingOverflow(stored.lastUsedAt.microseconds).partialValue
        if generation == stored.generation - 1 {
            if let keyHash, let storedKey = stored.rotationKeyHash, age <= Self.replayWindow * 1_000_000,
                constantTimeEqual(keyHash.utf8, storedKey.utf8)
            {
                return .replay
            }
            if leewaySeconds > 0, age <= leewaySeconds * 1_000_000 { return .replay }
        }
        return .reuse
    }

    /// The session after this rotation.
    public func applied(to stored: Session) -> Session {
        var next = stored
        next.generation += 1
        next.refreshTokenHash = successorHash
        next.rotationKeyHash = keyHash
        next.deviceInfo = deviceInfo ?? stored.deviceInfo
        next.ipAddress = ipAddress ?? stored.ipAddress
        next.lastUsedAt = now
        next.expiresAt = min(idleExpiry, stored.absoluteExpiresAt)
        next.accessExpiresAt = max(min(accessExpiresAt, stored.absoluteExpiresAt), stored.accessExpiresAt)
        return next
    }
}

public enum RotationOutcome: Sendable, Equatable {
    /// The caller won: the session is what `applied(to:)` makes of it. No access token may outlive its absolute end.
    case rotated(absoluteEnd: Timestamp)
    /// Nothing was done: the successor would be usable, by what it says, after the session's absolute end.
    case outlives(absoluteEnd: Timestamp)
    /// The caller asked again and gets the current generation once more.
    case replayed(Session)
    /// A used token came back. These sessions have been ended.
    case reused(ended: [EndedSession])
    case refused(Refusal)

    public var isRotated: Bool { if case .rotated = self { true } else { false } }

    public enum Refusal: Sendable, Equatable {
        case unknown
        case revoked
        case expired
        case inactive
    }
}
