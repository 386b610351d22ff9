public import MVPAuth
public import StrictJSON

/// The claims of a living access token.
public struct TokenPayload: Codable, Sendable, Equatable {
    public let sub: UserID
    public let jti: String
    public let type: String
    public let sessionID: SessionID?
    public let iat: Int64
    public let exp: Int64
    public let iss: String?
    public let aud: String?
    public let app: String?

    package init(_ claims: Claims) {
        sub = claims.subject
        jti = claims.tokenID
        type = claims.kind.rawValue
        sessionID = claims.sessionID
        iat = claims.issuedAt
        exp = claims.expiresAt
        iss = claims.issuer
        aud = claims.audience
        app = claims.app
    }
}

extension TokenPayload: JSONWritable {
    @usableFromInline
    package func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("sub", sub)
        json.member("jti", jti)
        json.member("type", type)
        if let sessionID { json.member("session_id", sessionID) }
        json.member("iat", Int(iat))
        json.member("exp", Int(exp))
        json.member("iss", ifPresent: iss)
        json.member("aud", ifPresent: aud)
        json.member("app", ifPresent: app)
        json.endObject()
    }
}

extension TokenPayload: JSONExplained {
    package static let meanings: [String: MemberMeaning] = [
        "sub": "The user: a UUID, written in lower case.",
        "jti": "The identifier of the token.",
        "type": "Always `access`.",
        "session_id": "The session: a UUID, written in lower case. Absent on tokens of the Python library.",
        "iat": "When the token was made, in seconds since 1970.",
        "exp": "When the token expires, in seconds since 1970.",
        "iss": "The issuer, on a service that has one.",
        "aud": "The audience, on a service that has one.",
        "app": "The application for which the token was made.",
    ]
}
