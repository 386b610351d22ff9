internal import AuthAPI
internal import HummingbirdCore
package import Logging
package import MVPAuthClient
internal import NIOCore
package import ServiceLifecycle

/// The REST shim: HTTP in, calls to the daemon out. It holds no key and no store.
package final class Shim: Sendable {
    let configuration: ShimConfiguration
    let client: AuthClient
    let waitingLogins: WaitingCalls
    let meter = ShimMeter()
    private let routes: RouteTable
    private let crossOrigin: CrossOrigin
    private let logger: Logger

    /// - Parameter mailbox: reads the emails of a daemon in development; nil: nobody is to see them.
    package init(
        _ configuration: ShimConfiguration, client: AuthClient, mailbox: AuthClient? = nil, logger: Logger
    ) {
        self.configuration = configuration
        self.client = client
        waitingLogins = WaitingCalls(
            most: configuration.limits.waitingLogins, time: AuthClient.hashingTime)
        crossOrigin = CrossOrigin(allowed: configuration.origins)
        self.logger = logger
        var routes = RouteTable(prefix: configuration.prefix, routes: configuration.routes)
        let openAPI = ByteBuffer(
            bytes: OpenAPI.document(prefix: configuration.prefix, routes: configuration.routes).text)
        routes.get("/openapi.json") { _, _ in .json(openAPI) }
        let pages = PageEndpoints(prefix: configuration.prefix)
        routes.get("/") { call, _ in pages.home(call) }
        routes.get("/docs") { _, _ in pages.docs }
        routes.get("/docs/") { _, _ in pages.docsWithoutSlash }
        routes.get("/healthz") { _, _ in SystemEndpoints.health }
        routes.get("/readyz") { call, _ throws(Failure) in try await SystemEndpoints.readiness(call) }
        routes.any("/authz") { call, _ throws(Failure) in try await SystemEndpoints.authorization(call) }
        if let texts = configuration.pages {
            LinkPages(texts: texts).add(to: &routes, prefix: configuration.prefix)
        }
        if let mailbox { MailboxEndpoints(client: mailbox).add(to: &routes) }
        self.routes = routes
    }

    /// Serves until a graceful shutdown, then finishes what is in flight.
    ///
    /// - Parameter ready: told the port once connections are accepted; nil on a Unix socket.
    package func service(ready: @escaping @Sendable (Int?) -> Void) -> any Service {
        let server = HTTPServer(configuration, meter: meter, logger: logger) { await self.respond(to: $0, from: $1) }
        return HTTPListener(
            address: configuration.address, access: configuration.unixSocket, server: server, logger: logger,
            ready: ready)
    }

    /// Tells whoever asks at the address for that what is counted here; nil where there is none.
    ///
    /// - Parameter daemon: asks the daemon; it needs no role but `admin`.
    package func metricsService(
        asking daemon: AuthClient, ready: @escaping @Sendable (Int?) -> Void
    ) -> (any Service)? {
        guard let address = configuration.metricsAddress else { return nil }
        let routes = MetricsEndpoint(meter, daemon: daemon).routes
        var own = ShimConfiguration()
        // Of a few who ask once in a while.
        (own.limits.connections, own.limits.connectionsPerAddress) = (64, 64)
        (own.limits.bufferBytes, own.limits.bodyBytes) = (1 << 20, 1024)
        // Those who ask here are not counted.
        let server = HTTPServer(own, meter: ShimMeter(), logger: logger) {
            await self.answer(to: $0, Self.path(of: $0), from: $1, by: routes)
        }
        return HTTPListener(
            address: address, choice: .metrics, access: configuration.unixSocket, server: server, logger: logger,
            ready: ready)
    }

    private static func path(of request: Request) -> String {
        let target = request.head.path ?? "/"
        return target.utf8.firstIndex(of: UInt8(ascii: "?")).map { String(target[..<$0]) } ?? target
    }

    func respond(to request: Request, from peer: ClientPeer) async -> Answer {
        let path = Self.path(of: request)
        var answer = await answer(to: request, path, from: peer, by: routes)
        // A proxy takes 2xx of a sub-request for a yes: no preflight is ever answered there.
        if !routes.takesAnyVerb(path), !MailboxEndpoints.isPrivate(path) {
            crossOrigin.mark(&answer.response, to: request.head)
        }
        return answer
    }

    private func answer(
        to request: Request, _ path: String, from peer: ClientPeer, by routes: RouteTable
    ) async -> Answer {
        var name: RouteName?
        do throws(Failure) {
            let match = try routes.find(request.method.rawValue, path)
            name = match.name
            let call = HTTPCall(request: request, peer: peer, shim: self)
            return Answer(response: try await match.endpoint(call, match.parameter), route: name)
        } catch {
            if let limit = error.limit { meter.count(limit) }
            return Answer(response: error.response, cause: error.cause ?? error.detail, route: name)
        }
    }
}

/// One request on its way through.
struct HTTPCall: Sendable {
    let request: Request
    let peer: ClientPeer
    let shim: Shim

    /// Who is at the other end, behind trusted proxies too.
    var client: ClientNetwork? {
        ClientDevice(request, peer: peer, trusting: shim.configuration.trustedProxies).address
            .flatMap { IPAddress($0.text) }.map { ClientNetwork($0) }
    }
}
