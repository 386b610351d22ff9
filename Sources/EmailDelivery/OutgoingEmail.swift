package import MVPAuth
internal import StrictJSON

/// What is to be said to somebody: an event of the service, and whom it is for.
package struct OutgoingEmail: Sendable {
    /// The same for every attempt. Letters, digits, `-`, `_` and `.`: it goes into headers.
    package let id: String
    /// From 1.
    package let attempt: Int
    /// `verification_email`, `password_reset_email`, …
    package let event: String
    /// The stored address of the account.
    package let address: String
    package let token: Secret?
    package let userID: String?
    /// The app whose user it is.
    package let app: String?
    package let createdAt: Timestamp
    package let expiresAt: Timestamp
    /// Where the person is to go; it holds the token.
    package let link: Secret?

    /// Nil when the id is none.
    package init?(
        id: String, attempt: Int, event: String, address: String, token: Secret? = nil, userID: String? = nil,
        app: String? = nil, createdAt: Timestamp, expiresAt: Timestamp, link: Secret? = nil
    ) {
        guard (1...128).contains(id.utf8.count), id.utf8.allSatisfy(Self.isPlain) else { return nil }
        self.id = id
        self.attempt = attempt
        self.event = event
        self.address = address
        self.token = token
        self.userID = userID
        self.app = app
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.link = link
    }

    /// What must not be shown: a piece of it in somebody's words is hidden.
    var secret: String { token?.reveal() ?? link?.reveal() ?? "" }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-_.".utf8.contains(byte)
        }
    }
}

extension OutgoingEmail {
    /// The event as programs and web servers get it. What is unknown is left out.
    var json: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("id", id)
        json.member("event", event)
        json.member("attempt", attempt)
        json.member("email", address)
        json.member("token", ifPresent: token?.reveal())
        json.member("user_id", ifPresent: userID)
        json.member("app", ifPresent: app)
        json.member("created_at", createdAt.description)
        json.member("expires_at", expiresAt.description)
        json.member("link", ifPresent: link?.reveal())
        json.endObject()
        return json.bytes
    }

    /// An email that belongs to no account: to see whether emails arrive.
    package static func test(to address: String, now: Timestamp = SystemTime().now()) -> OutgoingEmail {
        let id = UserID.random(from: SystemEntropy()).description
        // A UUID is an id.
        return OutgoingEmail(
            id: id, attempt: 1, event: "test_email", address: address, createdAt: now, expiresAt: now + 3600)!
    }
}
