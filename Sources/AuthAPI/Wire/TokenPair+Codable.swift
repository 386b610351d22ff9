public import MVPAuth
public import StrictJSON

extension TokenPair: Codable {
    enum CodingKeys: String, CodingKey {
        case accessToken, refreshToken, tokenType, expiresIn, deviceToken
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let access = try container.decode(Secret.self, forKey: .accessToken)
        let refresh = try container.decode(Secret.self, forKey: .refreshToken)
        _ = try container.decode(String.self, forKey: .tokenType)
        self.init(
            accessToken: access, refreshToken: refresh,
            expiresIn: try container.decode(Int64.self, forKey: .expiresIn),
            deviceToken: try container.decodeIfPresent(Secret.self, forKey: .deviceToken))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(accessToken, forKey: .accessToken)
        try container.encode(refreshToken, forKey: .refreshToken)
        try container.encode("bearer", forKey: .tokenType)
        try container.encode(expiresIn, forKey: .expiresIn)
        try container.encodeIfPresent(deviceToken, forKey: .deviceToken)
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
        json.member("device_token", ifPresent: deviceToken?.reveal())
        json.endObject()
    }
}

extension TokenPair: JSONExplained {
    package static let meanings: [String: MemberMeaning] = [
        "access_token": .accessToken,
        "refresh_token": .refreshToken,
        "token_type": "Always `bearer` (RFC 6750).",
        "expires_in": "For how many seconds the access token lives.",
        "device_token": """
        After a login with `remember_device`: to be sent with the next login from this device, and kept like a refresh \
        token. It signs nobody in; strangers' failures do not keep the device out.
        """,
    ]
}
