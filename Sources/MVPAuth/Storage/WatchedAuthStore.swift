/// A store that this process owns, but whose medium others can reach: an operator's tool, a script.
public protocol WatchedAuthStore: AuthStore {
    /// Looks every second whether somebody else has written, until the task is cancelled. What was committed before a
    /// look is told by it.
    func watch(_ changed: @escaping @Sendable () async -> Void) async
}
