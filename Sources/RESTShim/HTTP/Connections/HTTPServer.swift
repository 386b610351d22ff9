internal import HummingbirdCore
internal import Logging

/// What the connections of a listener share.
final class HTTPServer: Sendable {
    typealias Responder = @Sendable (Request, ClientPeer) async -> Answer

    let limits: ShimConfiguration.Limits
    let trustedProxies: [TrustedProxy]
    let registry: ConnectionRegistry
    let clock = HTTPClock()
    let log: RequestLog
    let meter: ShimMeter
    let respond: Responder

    init(
        _ configuration: ShimConfiguration, meter: ShimMeter, logger: Logger, respond: @escaping Responder
    ) {
        self.meter = meter
        limits = configuration.limits
        trustedProxies = configuration.trustedProxies
        registry = ConnectionRegistry(
            .init(
                connections: OpenFiles.connections(wanted: limits.connections),
                connectionsOfAddress: limits.connectionsPerAddress, bytes: limits.bufferBytes),
            meets: { meter.count($0) })
        log = RequestLog(logger: logger, logsAll: configuration.logsRequests)
        self.respond = respond
    }
}
