internal import StrictJSON

/// Codable, for clients. An error without the usual `data`, from some other server, is read with care: its fate is
/// unknown, so it counts as executed and as not worth repeating.
extension RPCErrorObject: Codable {
    private enum CodingKeys: String, CodingKey {
        case code, message, data
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        code = try members.decode(Int.self, forKey: .code)
        message = try members.decode(String.self, forKey: .message)
        data = (try? members.decodeIfPresent(Details.self, forKey: .data)) ?? Details(code: "UNKNOWN", executed: true)
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(code, forKey: .code)
        try members.encode(message, forKey: .message)
        try members.encode(data, forKey: .data)
    }
}

extension RPCErrorObject.Details: Codable {
    private enum CodingKeys: String, CodingKey {
        case code, retryable, executed, requestID
        case retryAfterMilliseconds = "retry_after_ms"
        case proofs, fields
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        code = try members.decodeIfPresent(String.self, forKey: .code) ?? "UNKNOWN"
        retryable = try members.decodeIfPresent(Bool.self, forKey: .retryable) ?? false
        executed = try members.decodeIfPresent(Bool.self, forKey: .executed) ?? true
        requestID = try members.decodeIfPresent(String.self, forKey: .requestID)
        retryAfterMilliseconds = try members.decodeIfPresent(Int.self, forKey: .retryAfterMilliseconds)
        proofs = try members.decodeIfPresent([String].self, forKey: .proofs)
        fields = try members.decodeIfPresent([JSONMismatch].self, forKey: .fields)
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(code, forKey: .code)
        try members.encode(retryable, forKey: .retryable)
        try members.encode(executed, forKey: .executed)
        try members.encodeIfPresent(requestID, forKey: .requestID)
        try members.encodeIfPresent(retryAfterMilliseconds, forKey: .retryAfterMilliseconds)
        try members.encodeIfPresent(proofs, forKey: .proofs)
        try members.encodeIfPresent(fields, forKey: .fields)
    }
}
