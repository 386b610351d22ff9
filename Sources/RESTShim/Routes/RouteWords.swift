internal import AuthAPI
internal import MVPAuth

/// The words of a route: an error names what its caller wrote, not the param of the method behind it.
struct RouteWords: Sendable {
    private let words: [(param: String, word: String)]

    init(_ route: RESTRoute) {
        var words = [
            ("meta.idempotency_key", IdempotencyKey.header), ("device_info", "User-Agent"),
            ("ip_address", "X-Forwarded-For"),
        ]
        if route.isProtected { words.append(("access_token", "Authorization")) }
        if let param = route.pathParameter, let segment = route.pathSegment { words.append((param, segment)) }
        self.words = words.filter { word in !route.body.contains { $0.utf8.elementsEqual(word.0.utf8) } }
    }

    func named(_ fields: [AuthError.Field]) -> [AuthError.Field] {
        fields.map { field in
            let word = words.first { Self.isPart($0.param.utf8, of: field.path.utf8) }
            guard let word else { return field }
            return AuthError.Field(word.word + field.path.dropFirst(word.param.count), field.reason)
        }
    }

    /// Whether a path is that of a param or of something in it.
    private static func isPart(_ param: String.UTF8View, of path: String.UTF8View) -> Bool {
        guard path.starts(with: param) else { return false }
        let next = path.dropFirst(param.count).first
        return next == nil || next == UInt8(ascii: ".") || next == UInt8(ascii: "[")
    }
}
