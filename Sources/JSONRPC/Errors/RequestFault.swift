package import StrictJSON

/// Why a line, or one object of it, is no call. Nothing has been executed. The service says which of its errors that is.
package struct RequestFault: Error, Sendable, Equatable {
    package enum Kind: Sendable {
        /// The line is not a JSON text.
        case syntax
        /// JSON, but not a request.
        case envelope
        /// The params, or meta, are not what they may be.
        case params
        /// The line is too long.
        case line
        /// The batch has too many elements.
        case batch
    }

    /// The limits that the reader keeps.
    package enum Limit: Sendable {
        case batch, nesting, method, id
    }

    package let kind: Kind
    /// What there is to say beyond the kind, in a sentence.
    package let message: String?
    /// What is wrong, member by member.
    package let fields: [JSONMismatch]
    /// The limit that was met, to be counted.
    package let limit: Limit?

    private init(_ kind: Kind, _ message: String? = nil, fields: [JSONMismatch] = [], limit: Limit? = nil) {
        self.kind = kind
        self.message = message
        self.fields = fields
        self.limit = limit
    }
}

extension RequestFault {
    package static func parseError(_ error: JSONSyntaxError) -> Self {
        Self(.syntax, "Parse error: \(error).", limit: error.isTooDeep ? .nesting : nil)
    }

    package static func invalidRequest(_ reason: String, limit: Limit? = nil) -> Self {
        Self(.envelope, "Invalid request: \(reason).", limit: limit)
    }

    package static func invalidParams(_ fields: [JSONMismatch]) -> Self { Self(.params, fields: fields) }

    package static func messageTooLarge(limit: Int) -> Self {
        Self(.line, "A line may have \(limit) bytes at most.")
    }

    package static func batchTooLarge(limit: Int) -> Self {
        Self(.batch, "A batch may have \(limit) requests at most.", limit: .batch)
    }
}
