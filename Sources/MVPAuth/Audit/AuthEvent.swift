/// Something that was done, or tried, and by whom: a row of the audit, committed with what it tells of.
///
/// It holds no address, password or token. Rows are only ever added, and removed when they are old enough; the one change
/// is the erasure of an account, which puts a tombstone in the place of its identifier.
public struct AuthEvent: Sendable, Equatable {
    public internal(set) var id: EventID
    public internal(set) var at: Timestamp
    public internal(set) var kind: Kind
    public internal(set) var outcome: Outcome
    /// The account that it is about. Nil: none, or none that is there.
    public internal(set) var userID: UserID?
    public internal(set) var sessionID: SessionID?
    /// Who asked, as the kernel and the configuration say.
    public internal(set) var app: String
    public internal(set) var uid: Int64
    /// Where the user was, as an app said that is believed.
    public internal(set) var source: String?
    /// The call: the same as in the log, and in an error that the call was answered with. Nil: no call asked for it.
    public internal(set) var requestID: String?
    /// `name=value`, separated by spaces. At most 1024 bytes.
    public internal(set) var detail: String?

    public enum Outcome: String, Sendable, CaseIterable, Storable {
        case success
        case failure
    }

    package static let longestDetail = 1024

    /// The parts of a detail that there are.
    static func detail(_ parts: String?...) -> String? {
        let said = parts.compactMap(\.self)
        return said.isEmpty ? nil : said.joined(separator: " ")
    }

    package init(
        id: EventID, at: Timestamp, _ kind: Kind, _ outcome: Outcome = .success, of user: UserID? = nil,
        session: SessionID? = nil, by origin: RequestOrigin, detail: String? = nil
    ) {
        self.id = id
        self.at = at
        self.kind = kind
        self.outcome = outcome
        userID = user
        sessionID = session
        app = origin.app
        uid = origin.uid
        source = origin.source
        requestID = origin.requestID
        self.detail = detail.map { $0.utf8.count <= Self.longestDetail ? $0 : String($0.unicodeScalars.prefix(256)) }
    }
}

public typealias EventID = Identifier<AuthEvent>

extension AuthEvent: Record {
    public static let table = "auth_events"

    public static let columns: [Column<AuthEvent>] = [
        Column("id", \.id, index: .unique),
        Column("at", \.at),
        Column("event", \.kind),
        Column("outcome", \.outcome),
        Column("user_id", \.userID, index: .ordinary),
        Column("session_id", \.sessionID),
        Column("app", \.app),
        Column("uid", \.uid),
        Column("source", \.source),
        Column("request_id", \.requestID),
        Column("detail", \.detail),
    ]

    public static var blank: AuthEvent {
        AuthEvent(
            id: EventID(high: 0, low: 0), at: Timestamp(microseconds: 0), .accountRegistered,
            by: RequestOrigin(app: "", uid: 0))
    }

    public typealias Key = EventID
}

extension UserID {
    /// What stands for an account that was erased, in everything that was noted of it: random, and by its version (RFC
    /// 9562 §5.8) no identifier of an account.
    static func tombstone(from entropy: any Entropy) -> UserID {
        let random = UserID.random(from: entropy)
        return UserID(high: random.high & ~0xF000 | 0x8000, low: random.low)
    }
}
