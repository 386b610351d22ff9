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
        let server = HTTPServer(configuration, logger: logger) { await self.respond(to: $0, from: $1) }
        return HTTPListener(
            address: configuration.address, access: configuration.unixSocket, server: server, logger: logger,
            ready: ready)
    }

    func respond(to request: Request, from peer: ClientPeer) async -> Answer {
        let target = request.head.path ?? "/"
        let path = target.utf8.firstIndex(of: UInt8(ascii: "?")).map { String(target[..<$0]) } ?? target
        var answer = await answer(to: request, path, from: peer)
        // A proxy takes 2xx of a sub-request for a yes: no preflight is ever answered there.
        if !routes.takesAnyVerb(path), !MailboxEndpoints.isPrivate(path) {
            crossOrigin.mark(&answer.response, to: request.head)
        }
        return answer
    }

    private func answer(to request: Request, _ path: String, from peer: ClientPeer) async -> Answer {
        do throws(Failure) {
            let (endpoint, parameter) = try routes.find(request.method.rawValue, path)
            return Answer(response: try await endpoint(HTTPCall(request: request, peer: peer, shim: self), parameter))
        } catch {
            return Answer(response: error.response, cause: error.cause ?? error.detail)
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
