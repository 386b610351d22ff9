package import MVPAuth
package import StrictJSON

/// A method of the service. The value is its params: the stored properties, in order, are what callers send by name or
/// by position.
///
/// A new method is one file that declares such a type, one line in `authAPI`, and one handler. Dispatch, REST routes,
/// OpenRPC and OpenAPI follow from the declaration.
package protocol RPCMethod: Codable, Sendable, JSONExplained {
    associatedtype Reply: Codable & Sendable

    static var spec: MethodSpec { get }

    /// A call and its answer, for the documents.
    static var example: (params: Self, reply: Reply) { get }
}

extension RPCMethod {
    /// Of a method without params.
    package static var meanings: [String: MemberMeaning] { [:] }
}

/// What callers must know of a method besides its params and reply.
package struct MethodSpec: Sendable {
    /// `<service>.<method>`.
    package let name: String
    package let summary: String
    package let role: PeerRole
    package let cost: Cost
    /// Whether a client may repeat the call by itself.
    package let isIdempotent: Bool
    /// Whether the store remembers the idempotency key of a call with what the call did.
    package let storesKey: Bool
    /// Whether params or reply hold a password or a token: never logged, never cached.
    package let isSensitive: Bool
    /// What this method can answer besides the errors that every call can meet.
    package let errors: [AuthError.Code]
    /// Those of the errors whose message is another than their code's.
    package let wordings: [AuthError]
    package let rest: RESTRoute?

    package init(
        _ name: String, _ summary: String, role: PeerRole = .client, cost: Cost, isIdempotent: Bool = false,
        storesKey: Bool = false, isSensitive: Bool = false, errors: [AuthError.Code] = [], wordings: [AuthError] = [],
        rest: RESTRoute? = nil
    ) {
        self.name = name
        self.summary = summary
        self.role = role
        self.cost = cost
        self.isIdempotent = isIdempotent
        self.storesKey = storesKey
        self.isSensitive = isSensitive
        self.errors = errors
        self.wordings = wordings
        self.rest = rest
    }
}

extension MethodSpec {
    /// Whether the answer to a call with an idempotency key is kept for those that repeat it. What may be done twice is
    /// done twice.
    package var keepsReplies: Bool { !isIdempotent && !storesKey }

    /// What this method says with an error's code.
    package func message(of code: AuthError.Code) -> String {
        wordings.first { $0.code == code }?.message ?? code.message
    }

    /// What any call can be answered with.
    package static let commonErrors: [AuthError.Code] = [
        .invalidParams, .permissionDenied, .rateLimited, .overloaded, .notReady, .shuttingDown, .deadlineExceeded,
        .cancelled, .messageTooLarge, .storageUnavailable, .internalError,
    ]
}

/// What a peer may be allowed to do.
package enum PeerRole: String, Sendable, CaseIterable, Codable {
    /// Every method that takes an access token or is public in the REST table.
    case client
    /// Naming a user instead of presenting a token.
    case trusted
    /// Receiving email events: they hold reset tokens. Implied by no other role.
    case hooks
    /// Operating the service.
    case admin
    /// No role is needed.
    case any
}

/// What a call takes as a rule. Calls of one cost are bounded apart from those of another: what is slow keeps nothing
/// that is fast waiting.
package enum Cost: String, Sendable, CaseIterable {
    /// Microseconds: it is answered from memory.
    case memory
    /// The store or a file is read, or something is committed.
    case store
    /// A password is hashed: a core for a good part of a second.
    case hashing
}
