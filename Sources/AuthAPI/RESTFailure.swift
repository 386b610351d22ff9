package import MVPAuth

/// An error answer of the REST routes: its status, the code for programs and the sentence for people.
package struct RESTFailure: Sendable {
    package let status: Int
    package let code: String
    package let detail: String
    /// The member, header or path segment to blame in the documents' example; nil where nothing is.
    let field: String?

    package init(_ status: Int, _ code: String, _ detail: String) {
        self.status = status
        self.code = code
        self.detail = detail
        field = nil
    }

    package init(_ code: AuthError.Code, _ detail: String? = nil, field: String? = nil) {
        status = code.httpStatus
        self.code = code.rawValue
        self.detail = detail ?? code.message
        self.field = field
    }

    /// Whether two failures look alike to a program.
    func isLike(_ other: RESTFailure) -> Bool {
        status == other.status && code.utf8.elementsEqual(other.code.utf8)
    }
}

/// What the shim answers by itself.
extension RESTFailure {
    package static let badRequest = Self(400, "BAD_REQUEST", "The request is not HTTP as RFC 9112 has it.")
    package static let notFound = Self(404, "NOT_FOUND", "There is no such route.")
    package static let methodNotAllowed = Self(405, "METHOD_NOT_ALLOWED", "This route allows other methods.")
    package static let requestTimeout = Self(408, "REQUEST_TIMEOUT", "The request was not complete in time.")
    package static let uriTooLong = Self(414, "URI_TOO_LONG", "The request target is too long.")
    package static let unsupportedMediaType = Self(
        415, "UNSUPPORTED_MEDIA_TYPE", "The body must be application/json.")
    package static let headersTooLarge = Self(431, "HEADER_FIELDS_TOO_LARGE", "The header fields are too large.")
    static let own = [
        badRequest, notFound, methodNotAllowed, requestTimeout, uriTooLong, unsupportedMediaType, headersTooLarge,
        unavailable,
    ]

    /// The daemon could not be reached.
    package static let unavailable = Self(503, "UNAVAILABLE", "The service is not available.")
}
