internal import HTTPTypes
internal import MVPAuth
internal import PrometheusText
internal import Synchronization

/// A limit that is counted when it is met, by the name of its setting.
enum ShimLimit: String, CaseIterable, Sendable {
    case bodyBytes = "body_bytes"
    case headerBytes = "header_bytes"
    case targetBytes = "target_bytes"
    case connections
    case connectionsPerAddress = "connections_per_address"
    case bufferBytes = "buffer_bytes"
    case waitingLogins = "waiting_logins"
    case headSeconds = "head_seconds"
    case bodySeconds = "body_seconds"
}

/// What a shim counts of its own. Routes are those of its table, so that no client makes a series.
final class ShimMeter: Sendable {
    private struct Key: Hashable {
        let route: RouteName
        let hundred: Int
    }

    private let requests = Mutex<[Key: Int]>([:])
    private let limits = AtomicCounters(ShimLimit.allCases.count)
    private let connections = Atomic(0)

    /// - Parameter route: nil for what is no request of any.
    func count(_ route: RouteName?, status: HTTPResponse.Status) {
        let key = Key(route: route ?? .unrouted, hundred: status.code / 100)
        requests.withLock { $0[key, default: 0] += 1 }
    }

    func count(_ limit: ShimLimit) {
        guard let place = ShimLimit.allCases.firstIndex(of: limit) else { return }
        limits.count(place)
    }

    func countConnection(_ change: Int) {
        connections.wrappingAdd(change, ordering: .relaxed)
    }

    func add(to text: inout MetricsText) {
        text.begin(
            "mvp_auth_http_requests_total", .counter,
            "HTTP requests that were answered, by route, verb and the class of the status.")
        let requests = requests.withLock { $0 }.sorted { one, other in
            (one.key.route.path, one.key.route.verb, one.key.hundred)
                < (other.key.route.path, other.key.route.verb, other.key.hundred)
        }
        for (key, count) in requests {
            text.add(
                count, [("route", key.route.path), ("verb", key.route.verb), ("status", "\(key.hundred)xx")])
        }
        text.add(
            "mvp_auth_http_connections", .gauge, "HTTP connections that are open.",
            connections.load(ordering: .relaxed))
        text.begin("mvp_auth_http_limits_total", .counter, "How often each limit was met.")
        for (limit, count) in zip(ShimLimit.allCases, limits.values) { text.add(count, [("limit", limit.rawValue)]) }
        text.addProcess(prefix: "mvp_auth_http_")
    }
}
