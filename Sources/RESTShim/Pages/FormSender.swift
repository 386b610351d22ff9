internal import HTTPTypes
internal import HummingbirdCore

/// Which page sent a form, as far as the browser says. The token is the authority; this is one more thing that a page of
/// somebody else's would need to have a visitor use a token unasked.
enum FormSender {
    /// Browsers say the relation (Fetch Metadata §2), where the connection is one that they trust. Where they do not, there
    /// is the origin: of our own pages it is `null`, since they send no referrer (Fetch standard §3.1).
    static func isOurs(_ request: Request) -> Bool {
        let relations = request.headers[values: .secFetchSite]
        guard relations.isEmpty else {
            return relations.count == 1 && ["same-origin", "none"].contains(relations[0])
        }
        let origins = request.headers[values: .origin]
        guard origins.count <= 1 else { return false }
        guard let origin = origins.first, !origin.utf8.elementsEqual("null".utf8) else { return true }
        let host = (request.head.authority ?? "").utf8.map(\.asciiLowercased)
        // Behind a proxy the scheme is not known.
        return ["http://", "https://"].contains { origin.utf8.elementsEqual($0.utf8 + host) }
    }
}

extension HTTPField.Name {
    fileprivate static let secFetchSite = Self("Sec-Fetch-Site")!
}
