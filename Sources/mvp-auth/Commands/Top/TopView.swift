internal import Host
internal import PrometheusText
internal import StrictJSON

/// What has happened between two looks at the daemon's numbers.
struct TopView: Sendable {
    struct Method: Sendable {
        let name: String
        let callsPerSecond: Double
        let errorsPerSecond: Double
        /// Seconds; nil where nothing was measured meanwhile.
        let median: Double?
        let slowest: Double?
    }

    struct App: Sendable {
        let name: String
        let connections: Double
        let hashing: Double
    }

    /// How often something was done, and how long it took.
    struct Pace: Sendable {
        let perSecond: Double
        let median: Double?
        let slowest: Double?
    }

    let seconds: Double
    /// Those that have been called, the most frequent first.
    let methods: [Method]
    let apps: [App]
    let hashing: Pace
    let store: Pace
    let batches: (perSecond: Double, mean: Double)
    let throttled: [(layer: String, perSecond: Double)]
    let messages: (pending: Double?, dead: Double?, oldestSeconds: Double?)
    let sessions: Double?
    let process: (cpu: Double, memory: Double?, descriptors: Double?, mostDescriptors: Double?)
    /// The daemon was started again between the two.
    let isNewDaemon: Bool

    init(from old: Look, to new: Look) {
        let start = "process_start_time_seconds"
        isNewDaemon = old.samples.value(start) != new.samples.value(start)
        let before = isNewDaemon ? MetricSamples("") : old.samples
        let after = new.samples
        let seconds = max(0.001, Double(new.uptime &- old.uptime) / 1_000_000_000)
        self.seconds = seconds
        func rate(_ name: String) -> Double { max(0, after.sum(name) - before.sum(name)) / seconds }
        func quantile(_ fraction: Double, _ name: String, _ labels: [String: String] = [:]) -> Double? {
            Self.quantile(
                fraction, of: after.buckets(name, where: labels), since: before.buckets(name, where: labels))
        }
        func pace(_ name: String) -> Pace {
            Pace(perSecond: rate(name + "_count"), median: quantile(0.5, name), slowest: quantile(0.99, name))
        }

        let calls = "mvp_auth_calls_total"
        let (was, all) = (before.sums(calls, by: "method"), after.sums(calls, by: "method"))
        let wasGood = Self.succeeded(before)
        let good = Self.succeeded(after)
        methods = all.filter { $0.value > 0 }.map { name, count in
            let made = max(0, count - (was[name] ?? 0))
            let succeeded = max(0, (good[name] ?? 0) - (wasGood[name] ?? 0))
            return Method(
                name: name, callsPerSecond: made / seconds, errorsPerSecond: max(0, made - succeeded) / seconds,
                median: quantile(0.5, "mvp_auth_call_seconds", ["method": name]),
                slowest: quantile(0.99, "mvp_auth_call_seconds", ["method": name]))
        }.sorted { ($1.callsPerSecond, $0.name) < ($0.callsPerSecond, $1.name) }

        let connections = after.sums("mvp_auth_connections", by: "app")
        let queue = after.sums("mvp_auth_hash_queue", by: "app")
        apps = Set(connections.keys).union(queue.keys).sorted().map {
            App(name: $0, connections: connections[$0] ?? 0, hashing: queue[$0] ?? 0)
        }
        hashing = pace("mvp_auth_hash_seconds")
        store = pace("mvp_auth_store_seconds")
        let committed = rate("mvp_auth_store_batch_size_count")
        batches = (committed, committed > 0 ? rate("mvp_auth_store_batch_size_sum") / committed : 0)
        let turnedAway = before.sums("mvp_auth_throttled_total", by: "layer")
        throttled = after.sums("mvp_auth_throttled_total", by: "layer").sorted { $0.key < $1.key }.map {
            ($0.key, max(0, $0.value - (turnedAway[$0.key] ?? 0)) / seconds)
        }
        let states = after.sums("mvp_auth_messages", by: "state")
        messages = (states["pending"], states["dead"], after.value("mvp_auth_message_oldest_seconds"))
        sessions = after.value("mvp_auth_sessions")
        process = (
            rate("process_cpu_seconds_total"), after.value("process_resident_memory_bytes"),
            after.value("process_open_fds"), after.value("process_max_fds")
        )
    }

    var callsPerSecond: Double { methods.reduce(0) { $0 + $1.callsPerSecond } }

    private static func succeeded(_ samples: MetricSamples) -> [String: Double] {
        samples.samples("mvp_auth_calls_total").reduce(into: [:]) { counts, sample in
            guard sample.labels["outcome"] == "OK", let method = sample.labels["method"] else { return }
            counts[method, default: 0] += sample.value
        }
    }

    /// The value below which such a fraction lies of what has come meanwhile: within a bucket as if it were spread evenly,
    /// and above all bounds the highest of them, as Prometheus has it.
    static func quantile(
        _ fraction: Double, of buckets: [(bound: Double, count: Double)],
        since old: [(bound: Double, count: Double)]
    ) -> Double? {
        let before = Dictionary(old.map { ($0.bound, $0.count) }, uniquingKeysWith: { $1 })
        let counts = buckets.map { ($0.bound, max(0, $0.count - (before[$0.bound] ?? 0))) }
        guard let total = counts.last?.1, total > 0 else { return nil }
        let rank = fraction * total
        var (lower, below) = (0.0, 0.0)
        for (bound, count) in counts {
            if count >= rank {
                guard bound.isFinite, count > below else { return lower }
                return lower + (bound - lower) * (rank - below) / (count - below)
            }
            (lower, below) = (bound, count)
        }
        return lower
    }
}
