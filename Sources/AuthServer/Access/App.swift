internal import AuthAPI
internal import JSONRPC
package import MVPAuth

/// An app of this host as a connection has it: what it may call, how often, and what its tokens say.
///
/// A reference, because every call of every connection looks at it.
package final class App: Sendable {
    package let caller: Caller
    /// The methods that it may call; nil: all that its roles allow.
    private let methods: Set<ShortBytes>?
    let budget: RateBudget?
    /// Whether it may be handed the messages of other apps' users too.
    let hearsAll: Bool

    package var name: String { caller.name }

    /// The names of the methods that it may call, in the catalogue's order. Nil: its roles decide alone.
    var methodNames: [String]? {
        methods.map { methods in authAPI.methods.map { $0.spec.name }.filter { methods.contains(ShortBytes($0)) } }
    }

    /// - Parameter methods: names of methods, or of services as `auth.*`. Nil allows all. Methods without a role are
    ///   always allowed: they tell a peer about itself.
    package init(
        _ caller: Caller, methods: [String]? = nil, budget: RateBudget? = nil, hearsAll: Bool = false
    ) {
        self.caller = caller
        self.budget = budget
        // Who is no registered app operates the host.
        self.hearsAll = hearsAll || caller.app == nil
        self.methods = methods.map { patterns in
            Set(
                authAPI.methods.map { $0.spec }.filter { spec in
                    spec.role == .any || patterns.contains { MethodPattern.matches($0, spec.name) }
                }.map { ShortBytes($0.name) })
        }
    }

    func allows(_ method: ShortBytes) -> Bool { methods?.contains(method) ?? true }
}
