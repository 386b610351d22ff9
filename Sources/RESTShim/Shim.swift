internal import AuthAPI
internal import Hummingbird
internal import HummingbirdCore
package import Logging
package import MVPAuthClient
internal import NIOCore
internal import NIOPosix
package import ServiceLifecycle

/// The REST shim: HTTP in, calls to the daemon out. It holds no key and no store.
package final class Shim: Sendable {
    let configuration: ShimConfiguration
    let client: AuthClient
    let disconnects = Disconnects()
    private let routes: RouteTable
    private let logger: Logger

    package init(_ configuration: ShimConfiguration, client: AuthClient, logger: Logger) {
        self.configuration = configuration
        self.client = client
        self.logger = logger
        var routes = RouteTable(prefix: configuration.prefix, groups: configuration.groups)
        let openAPI = ByteBuffer(
            bytes: OpenAPI.document(prefix: configuration.prefix, groups: configuration.groups).text)
        routes.get("/openapi.json") { _, _ in .json(openAPI) }
        routes.get("/docs") { _, _ in DocsPage.response }
        routes.get("/healthz") { _, _ in SystemEndpoints.health }
        routes.get("/readyz") { call, _ throws(Failure) in try await SystemEndpoints.readiness(call) }
        routes.any("/authz") { call, _ throws(Failure) in try await SystemEndpoints.authorization(call) }
        self.routes = routes
    }

    /// Serves until a graceful shutdown, then finishes what is in flight.
    ///
    /// - Parameter ready: told the port once connections are accepted; nil on a Unix socket.
    package func service(ready: @escaping @Sendable (Int?) -> Void) -> any Service {
        let limits = configuration.limits
        var http = HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionGuard(limits: limits, disconnects: self.disconnects)])
        http.httpDecoder = .init(
            maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
            maxHeaderFieldCount: limits.headerFields)
        return Application(
            responder: CallbackResponder { (request: Request, context: ChannelContext) in
                await self.respond(to: request, on: context.channel)
            },
            server: .http1(configuration: http),
            configuration: .init(
                address: configuration.address.bindAddress, backlog: 1024,
                availableConnectionsDelegate: MaximumAvailableConnections(limits.connections)),
            onServerRunning: { ready($0.localAddress?.port) },
            logger: logger)
    }

    func respond(to request: Request, on channel: any Channel) async -> Response {
        do throws(Failure) {
            guard let target = request.head.path, target.utf8.count <= configuration.limits.targetBytes else {
                throw Failure(.uriTooLong, code: "URI_TOO_LONG", "The request target is too long.")
            }
            let path = target.utf8.firstIndex(of: UInt8(ascii: "?")).map { String(target[..<$0]) } ?? target
            let (endpoint, parameter) = try routes.find(request.method.rawValue, path)
            return try await endpoint(HTTPCall(request: request, channel: channel, shim: self), parameter)
        } catch {
            return error.response
        }
    }
}

/// One request on its way through.
struct HTTPCall: Sendable {
    let request: Request
    let channel: any Channel
    let shim: Shim
}

/// The connection that a request came on.
private struct ChannelContext: InitializableFromSource {
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        channel = source.channel
    }
}
