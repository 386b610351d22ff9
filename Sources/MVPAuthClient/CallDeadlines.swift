internal import AuthAPI
internal import NIOCore

/// How long calls may take, by what they cost.
struct CallDeadlines: Sendable {
    /// What the application said for every call.
    let call: Duration?
    let connecting: Duration?

    private static let usual = Duration.seconds(5)
    static let hashing = Duration.seconds(15)

    /// The methods that hash a password, by their names' bytes.
    private static let slowMethods = Set(
        authAPI.methods.filter { $0.spec.cost == .hashing }.map { Array($0.spec.name.utf8) })

    /// When a call that begins now must be answered.
    func answered(of method: String, _ timeout: Duration?) -> NIODeadline {
        let isSlow = Self.slowMethods.contains(Array(method.utf8))
        return NIODeadline.now() + TimeAmount(timeout ?? call ?? (isSlow ? Self.hashing : Self.usual))
    }

    /// Until when an attempt that begins now waits for a connection.
    func connected(before deadline: NIODeadline) -> NIODeadline {
        connecting.map { min(deadline, NIODeadline.now() + TimeAmount($0)) } ?? deadline
    }
}
