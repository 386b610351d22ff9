public import MVPAuth
public import StrictJSON

/// The claims of a living access token.
public struct TokenPayload: Codable, Sendable, Equatable {
    public let sub: UserID
    public let jti: String
    public let type: String
    /// Absent on tokens of the Python library.
    public let sessionID: SessionID?
    /// Seconds since 1970.
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

    enum CodingKeys: String, CodingKey {
        case sub, jti, type
        case sessionID = "session_id"
        case iat, exp, iss, aud, app
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
