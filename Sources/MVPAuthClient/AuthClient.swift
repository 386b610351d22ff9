package import AuthAPI
internal import Glibc
package import JSONRPC
internal import MVPAuth
public import NIOCore
public import NIOPosix
package import StrictJSON

/// A client of the daemon: one multiplexed connection, which is made again when it is lost.
///
/// ```swift
/// let auth = AuthClient()
/// let pair = try await auth.login(email: "ada@example.org", password: Secret("correct horse battery"))
/// let user = try await auth.currentUser(.accessToken(pair.accessToken))
/// ```
///
/// Any number of tasks may call at the same time; replies come as they are ready, and calls that hash a password keep
/// no others waiting. Every call has a deadline. The client repeats a call only when that cannot do it twice.
public final class AuthClient: Sendable {
    public struct Configuration: Sendable {
        /// The socket's path or `unix://` URL. Nil: `MVP_AUTH_SOCKET`, else the first socket that
        /// exists in `$MVP_AUTH_RUNTIME_DIR`, or in `$XDG_RUNTIME_DIR/mvp-auth` and `/run/mvp-auth`.
        public var socket: String?
        /// Where the socket may be, when `socket` does not name it.
        package var sockets: [String]?
        /// How long a call may take. Nil: five seconds, and fifteen for one that hashes a password.
        public var timeout: Duration?
        /// For how long a call waits for a daemon that is away, within its own time. Nil: for all of it, so that a
        /// restart is not noticed.
        public var connectTimeout: Duration?
        /// Gives up every right but those of an application, at the beginning of each connection.
        public var isRestricted = false
        /// The one right that it keeps, instead.
        package var onlyRole: PeerRole?
        /// Who must own the daemon's end of the socket, besides root. Nil asks nobody.
        public var daemonUser: UInt32?
        /// Told, once for each socket, that others may put one in its place. Nil writes to standard error.
        public var onWarning: (@Sendable (String) -> Void)?
        /// How the client is called in the daemon's log.
        public var name = "swift"
        /// Told of every answer: the method, and its result or why there is none.
        package var observer: (@Sendable (String, Result<JSONValue, AuthClientError>) -> Void)?

        public init() {}
    }

    /// Where the daemon is, and who says hello there.
    struct Place: Sendable {
        let paths: [String]
        let group: any EventLoopGroup
        let name: String
        let daemonUser: UInt32?
        let onWarning: (@Sendable (String) -> Void)?

        /// - Parameter roles: the roles that each connection keeps; nil: all.
        func sharedConnection(keeping roles: [PeerRole]?, onNotification: ReplyHandler.NotificationHandler? = nil)
            -> SharedConnection
        {
            SharedConnection(
                paths: paths, group: group,
                hello: Hello(
                    versions: [1], client: Software(name: name, version: Software.mvpAuth.version), roles: roles),
                daemonUser: daemonUser, onWarning: onWarning, onNotification: onNotification)
        }
    }

    /// How long a call that hashes a password may take, unless the application says otherwise.
    package static let hashingTime = CallDeadlines.hashing

    private let connection: SharedConnection
    let place: Place
    private let deadlines: CallDeadlines
    private let retries = RetryPolicy()
    private let observer: (@Sendable (String, Result<JSONValue, AuthClientError>) -> Void)?

    /// Connects with the first call.
    public init(
        _ configuration: Configuration = Configuration(),
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        place = Place(
            paths: configuration.socket.map { [SocketPath.path(of: $0)] } ?? configuration.sockets
                ?? SocketPath.candidates { Self.variable($0) },
            group: group, name: configuration.name, daemonUser: configuration.daemonUser,
            onWarning: configuration.onWarning)
        deadlines = CallDeadlines(call: configuration.timeout, connecting: configuration.connectTimeout)
        observer = configuration.observer
        connection = place.sharedConnection(
            keeping: configuration.onlyRole.map { [$0] } ?? (configuration.isRestricted ? [.client] : nil))
    }

    /// Closes the connection; calls in flight fail.
    public func close() async {
        await connection.close()
    }

    /// Calls a method of the catalogue.
    package func call<Method: RPCMethod>(
        _ params: Method, idempotencyKey: String? = nil, trace: TraceParent? = nil, timeout: Duration? = nil
    ) async throws(AuthClientError) -> Method.Reply {
        let result = try await result(of: params, idempotencyKey: idempotencyKey, trace: trace, timeout: timeout)
        do {
            return try JSONDecoding.decode(Method.Reply.self, from: result, unknownMembers: .ignored)
        } catch {
            throw AuthClientError(
                code: AuthError.Code.internalError.rawValue, message: "The daemon's answer cannot be understood.",
                executed: true)
        }
    }

    /// Calls a method of the catalogue and gives its result as it was written.
    package func result<Method: RPCMethod>(
        of params: Method, idempotencyKey: String? = nil, trace: TraceParent? = nil, timeout: Duration? = nil
    ) async throws(AuthClientError) -> JSONValue {
        try await result(
            of: Method.spec.name, params, isRepeatable: Method.spec.isIdempotent || idempotencyKey != nil,
            idempotencyKey: idempotencyKey, trace: trace, timeout: timeout)
    }

    /// Calls any method, with params that encode as an object or an array.
    ///
    /// - Parameters:
    ///   - isRepeatable: whether the call may be made twice.
    ///   - trace: the trace that the call belongs to, for the daemon's log.
    package func result(
        of method: String, _ params: some Encodable & Sendable, isRepeatable: Bool, idempotencyKey: String? = nil,
        trace: TraceParent? = nil, timeout: Duration? = nil
    ) async throws(AuthClientError) -> JSONValue {
        let deadline = deadlines.answered(of: method, timeout)
        var attempt = 1
        while true {
            // What connects has its own patience: when that is at its end, the call is too.
            var isConnected = false
            do throws(AuthClientError) {
                let result = try await connection.hashing.pass(method, by: deadline) {
                    () async throws(AuthClientError) in
                    let connection = try await self.connection.connection(by: deadlines.connected(before: deadline))
                    isConnected = true
                    return try await connection.exchange(
                        method, params, idempotencyKey: idempotencyKey.map { Array($0.utf8) }, trace: trace,
                        deadline: deadline)
                }
                observer?(method, .success(result))
                return result
            } catch {
                observer?(method, .failure(error))
                guard isConnected, !Task.isCancelled,
                    let delay = retries.delay(after: error, attempt: attempt, isRepeatable: isRepeatable),
                    NIODeadline.now() + .milliseconds(Int64(delay)) < deadline,
                    (try? await Task.sleep(for: .milliseconds(delay))) != nil
                else { throw error }
                attempt += 1
            }
        }
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}

extension AuthClient: CustomReflectable {
    /// Nothing: what it has sent and received lies in its buffers.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
