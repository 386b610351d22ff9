public import MVPAuth
package import StrictJSON

package struct ListEvents: UserParams {
    package let accessToken: Secret?
    package let userID: UserID?
    package let limit: BoundedNumber<OwnEventCount>?

    package typealias Reply = [EventResponse]

    package init(accessToken: Secret? = nil, userID: UserID? = nil, limit: Int? = nil) {
        self.accessToken = accessToken
        self.userID = userID
        self.limit = limit.flatMap { BoundedNumber($0) }
    }

    package static var meanings: [String: MemberMeaning] {
        principalMeanings.merging(["limit": "How many come at most; 50 when it is left out."]) { $1 }
    }

    package static let spec = MethodSpec(
        "user.events", "Lists what was done with one's own account lately, the newest first.", cost: .store,
        isIdempotent: true, isSensitive: true,
        errors: [.tokenInvalid, .tokenExpired, .tokenRevoked, .userInactive, .userNotFound],
        rest: RESTRoute(.sessions, .get, "/events", isProtected: true))

    package static let example = (
        params: ListEvents(accessToken: Examples.accessToken),
        reply: [EventResponse(Examples.loginEvent, deviceInfo: "Firefox on Debian")]
    )
}

/// How many of one's own events come at once.
package enum OwnEventCount: NumberBound {
    package static var range: ClosedRange<Int> { 1...50 }
}

/// Something that was done with an account, as its owner sees it.
public struct EventResponse: Codable, Sendable, Equatable {
    public let at: Timestamp
    public let event: String
    public let outcome: String
    public let app: String
    public let source: String?
    public let deviceInfo: String?

    package init(_ event: AuthEvent, deviceInfo: String?) {
        at = event.at
        self.event = event.kind.rawValue
        outcome = event.outcome.rawValue
        app = event.app
        source = event.source
        self.deviceInfo = deviceInfo
    }
}

extension EventResponse: JSONExplained {
    package static let meanings: [String: MemberMeaning] = [
        "at": "When it happened.",
        "event": "What happened, such as `login.succeeded`, `login.failed` or `password.changed`.",
        "outcome": "`success` or `failure`.",
        "app": "The app that asked for it.",
        "source": "From which address, if the app said so.",
        "device_info": "The device, as whoever signed in described it; absent once its session is forgotten.",
    ]
}
