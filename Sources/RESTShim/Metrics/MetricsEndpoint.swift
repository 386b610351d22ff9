internal import AuthAPI
internal import HTTPTypes
internal import HummingbirdCore
internal import MVPAuth
internal import MVPAuthClient
internal import NIOCore
internal import PrometheusText
internal import Synchronization

/// `GET /metrics`, on a listener of its own: what the shim counts, and what the daemon does where it lets the shim ask.
///
/// The right to that is one method in the apps file. Without it the daemon says no, and is not asked again for a while.
final class MetricsEndpoint: Sendable {
    private let meter: ShimMeter
    /// Keeps the role `admin` and no other, should its app have it.
    private let daemon: AuthClient
    private let silentUntil = Mutex<ContinuousClock.Instant?>(nil)

    static let path = "/metrics"
    private static let timeout = Duration.seconds(4)
    private static let pause = Duration.seconds(60)

    init(_ meter: ShimMeter, daemon: AuthClient) {
        self.meter = meter
        self.daemon = daemon
    }

    var routes: RouteTable {
        var routes = RouteTable()
        routes.get(Self.path) { _, _ in await self.response() }
        return routes
    }

    private func response() async -> Response {
        let (daemonText, isUp) = await ask()
        var own = MetricsText()
        own.add(
            "mvp_auth_http_daemon_up", .gauge, "Whether the daemon has answered: 1 or 0.", isUp ? 1 : 0)
        meter.add(to: &own)
        return Response(
            status: .ok,
            headers: [
                .contentType: MetricsText.mediaType, .cacheControl: "no-store",
                .xContentTypeOptions: "nosniff",
            ], body: ResponseBody(byteBuffer: ByteBuffer(string: daemonText + own.text)))
    }

    private func ask() async -> (text: String, isUp: Bool) {
        let mayAsk = silentUntil.withLock { $0.map { $0 <= .now } ?? true }
        if mayAsk {
            do throws(AuthClientError) {
                return (try await daemon.call(Metrics(), timeout: Self.timeout).text, true)
            } catch {
                // A daemon that knows no such method is an older one.
                guard [.permissionDenied, .methodNotFound].contains(error.known) else { return ("", false) }
                silentUntil.withLock { $0 = .now + Self.pause }
            }
        }
        return ("", (try? await daemon.call(Ping(), timeout: Self.timeout)) != nil)
    }
}
