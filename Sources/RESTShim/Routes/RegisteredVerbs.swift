/// The methods of the HTTP Method Registry (RFC 9110 §16.1). A route that does not take one of these allows others, and
/// says which; what is no method anywhere is not implemented (§9.1).
enum RegisteredVerbs {
    /// Methods are case-sensitive (RFC 9110 §9.1).
    static func contains(_ verb: String) -> Bool { all.contains(verb) }

    private static let all: Set<String> = [
        // RFC 9110 and RFC 5789.
        "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
        // A safe request with a body.
        "QUERY",
        // RFC 2068 §19.6.1.2.
        "LINK", "UNLINK",
        // WebDAV and what extends it: RFC 4918, 3253, 3648, 3744, 4437, 4791, 5323 and 5842.
        "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "BASELINE-CONTROL", "CHECKIN", "CHECKOUT",
        "LABEL", "MERGE", "MKACTIVITY", "MKWORKSPACE", "REPORT", "UNCHECKOUT", "UPDATE", "VERSION-CONTROL",
        "ORDERPATCH", "ACL", "MKREDIRECTREF", "UPDATEREDIRECTREF", "MKCALENDAR", "SEARCH", "BIND", "REBIND", "UNBIND",
        // Reserved for the preface of HTTP/2 (RFC 9113 §3.4).
        "PRI",
    ]
}
