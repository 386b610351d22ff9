internal import COpenSSL
internal import MVPAuth

/// Who posts, and when, by the convention of Standard Webhooks: an HMAC-SHA256 over id, time and body.
struct WebhookSignature: Sendable {
    /// The key of a secret `whsec_…`.
    struct Key: Sendable {
        fileprivate let bytes: [UInt8]

        /// Nil when the text is no secret: base64 of 24 to 64 bytes, with `whsec_` before it.
        init?(_ secret: Secret) {
            let text = secret.reveal()
            let prefix = "whsec_"
            guard text.utf8.starts(with: prefix.utf8),
                let bytes = Base64.decode(String(decoding: text.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)),
                (24...64).contains(bytes.count)
            else { return nil }
            self.bytes = bytes
        }
    }

    /// One signature for each: a receiver takes the one that it knows, so that secrets can be changed.
    let keys: [Key]

    /// The header fields of a post.
    func fields(id: String, time: Timestamp, body: [UInt8]) -> [String] {
        let signed = Array("\(id).\(time.seconds).".utf8) + body
        let signatures = keys.map { "v1," + Base64.encode(Self.authentication(of: signed, $0)) }
        return [
            "webhook-id: \(id)", "webhook-timestamp: \(time.seconds)",
            "webhook-signature: \(signatures.joined(separator: " "))",
        ]
    }

    private static func authentication(of message: [UInt8], _ key: Key) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 0
        // SAFETY: the lengths are those of the arrays, and SHA-256 gives 32 bytes.
        let result = HMAC(EVP_sha256(), key.bytes, Int32(key.bytes.count), message, message.count, &output, &count)
        precondition(result != nil && count == 32, "HMAC-SHA256 failed")
        return output
    }
}
