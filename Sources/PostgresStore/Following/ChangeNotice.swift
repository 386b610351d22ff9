internal import MVPAuth

/// What a notification of our triggers says: a letter and fields, separated by spaces, times in microseconds. The
/// identifier of a token comes last: it may hold spaces.
enum ChangeNotice {
    static let channel = "mvp_auth"

    /// Nil for what none of our triggers says.
    static func change(_ text: String) -> Change? {
        let fields = text.split(
            separator: " ", maxSplits: text.utf8.first == UInt8(ascii: "t") ? 2 : 3, omittingEmptySubsequences: false)
        if text.utf8.elementsEqual("m".utf8) { return .messageQueued(isNew: false) }
        guard fields.count >= 3 else { return nil }
        switch (fields[0], fields.count) {
        case ("s", 3):
            guard let id = SessionID(fields[1]), let expiry = instant(fields[2]) else { return nil }
            return .sessionEnded(EndedSession(id: id, accessExpiresAt: expiry))
        case ("t", 3):
            guard let expiry = instant(fields[1]) else { return nil }
            return .tokenBlocked(BlockedToken(tokenID: String(fields[2]), kind: .access, expiresAt: expiry))
        case ("u", 4):
            guard let id = UserID(fields[1]) else { return nil }
            return .userChanged(id, isActive: fields[2] == "1", revokedBefore: instant(fields[3]))
        case ("d", 3):
            guard let id = UserID(fields[1]), let until = instant(fields[2]) else { return nil }
            return .userDeleted(id, until: until)
        default: return nil
        }
    }

    private static func instant(_ field: Substring) -> Timestamp? {
        Int64(field).map { Timestamp(microseconds: $0) }
    }
}
