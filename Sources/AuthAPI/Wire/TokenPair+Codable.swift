public import MVPAuth
public import StrictJSON

extension TokenPair: Codable {
    enum CodingKeys: String, CodingKey {
        case accessToken, refreshToken, tokenType, expiresIn
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let access = try container.decode(Secret.self, forKey: .accessToken)
        let refresh = try container.decode(Secret.self, forKey: .refreshToken)
        _ = try container.decode(String.self, forKey: .tokenType)
        self.init(
            accessToken: access, refreshToken: refresh,
            expiresIn: try container.decode(Int64.self, forKey: .expiresIn))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(accessToken, forKey: .accessToken)
        try container.encode(refreshToken, forKey: .refreshToken)
        try container.encode("bearer", forKey: .tokenType)
        try container.encode(expiresIn, forKey: .expiresIn)
    }
}

extension TokenPair: JSONWritable {
    @usableFromInline
    package func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("access_token", accessToken.reveal())
        json.member("refresh_token", refreshToken.reveal())
        json.member("token_type", "bearer" as StaticString)
        json.member("expires_in", Int(expiresIn))
        json.endObject()
    }
}

extension TokenPair: JSONExplained {
    package static let meanings: [String: MemberMeaning] = [
        "access_token": .accessToken,
        "refresh_token": .refreshToken,
        "token_type": "Always `bearer` (RFC 6750).",
        "expires_in": "For how many seconds the access token lives.",
    ]
}
