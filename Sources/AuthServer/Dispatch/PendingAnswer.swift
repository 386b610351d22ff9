internal import AuthAPI
internal import JSONRPC
internal import MVPAuth

/// A call whose answer has to be asked for.
struct PendingAnswer: Sendable {
    /// Nil for a notification.
    let id: RequestID?
    let cost: Cost
    /// How long the caller waits.
    let timeoutMilliseconds: Int?
    let method: (index: Int, name: String)
    let trace: TraceParent?
    let origin: RequestOrigin
    let work: Route.Work
    let dispatcher: Dispatcher
    let connection: ConnectionState
    /// The uptime at which it was read.
    let arrival: UInt64
    let timing = CallTiming()

    /// Enough for a pair of tokens, each of which is given room as if all of it had to be escaped.
    private static let usualBytes = 4096

    /// Asks, and gives the line that answers; nothing for a notification.
    func line() async -> ReplyLine {
        var writer = ResponseWriter(reserving: Self.usualBytes)
        await dispatcher.finish(self, writer: &writer)
        return ReplyLine(taking: &writer)
    }

    /// What is answered instead when the caller waits no longer.
    func lineAtDeadline() -> ReplyLine {
        var writer = ResponseWriter()
        dispatcher.refuse(self, AuthError(.deadlineExceeded, executed: true), writer: &writer)
        return ReplyLine(taking: &writer)
    }

    /// Does the work. What waits in a queue meanwhile says so.
    func result() async throws(AuthError) -> Route.Result {
        let (work, origin) = (work, origin)
        let outcome: Result<Route.Result, AuthError> = await CallTiming.$current.withValue(timing) {
            do throws(AuthError) {
                return .success(try await work(origin))
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }
}
