internal import AuthAPI
internal import MVPAuth
internal import PrometheusText

/// What `system.metrics` says. What labels say comes from the catalogue, the apps file and lists in the code, never from a
/// peer, so that nobody makes a series.
extension ServerState {
    /// What the store has to be asked is left out when it does not answer in time: then above all the rest is wanted.
    func metrics() async -> String {
        let system = system
        async let sessions = self.sessions.value(within: Self.patience) { () async throws(AuthError) in
            try await system.liveSessionCount()
        }
        async let backlog = self.backlog.value(within: Self.patience) { () async throws(AuthError) in
            try await system.emails.backlog()
        }
        var text = MetricsText()
        let stats = stats
        addCalls(to: &text)
        addPeers(stats, to: &text)
        addHashing(system, to: &text)
        addStore(system, await sessions, to: &text)
        addMessages(stats.messages, await backlog, to: &text)
        text.begin("mvp_auth_build_info", .gauge, "The version that runs, and the kind of its store: always 1.")
        text.add(1, [("version", Software.mvpAuth.version), ("store", store)])
        text.addProcess()
        return text.text
    }

    private static let patience = Duration.seconds(1)

    private func addCalls(to text: inout MetricsText) {
        let reading = calls.reading
        text.begin(
            "mvp_auth_calls_total", .counter,
            "Calls that were answered, by method and by what came of them: OK, or the code of the error.")
        for method in reading.methods {
            text.add(method.succeeded, [("method", method.name), ("outcome", "OK")])
            for error in method.errors {
                text.add(error.count, [("method", method.name), ("outcome", error.code.rawValue)])
            }
        }
        for error in reading.unknown {
            text.add(error.count, [("method", "unknown"), ("outcome", error.code.rawValue)])
        }
        text.begin(
            "mvp_auth_call_seconds", .histogram,
            """
            How long calls took, from the line that was read to the answer, in seconds. Of answers from memory one in \
            \(CallMeter.sampling) is timed and counts for all of them.
            """)
        for method in reading.methods where method.times.total > 0 {
            text.add(method.times, per: Self.second, [("method", method.name)])
        }
    }

    private static let second = 1_000_000_000

    private func addPeers(_ stats: Stats.Reply, to text: inout MetricsText) {
        text.begin("mvp_auth_connections", .gauge, "Connections that are open, by app.")
        let connections = Dictionary(apps.map { (label(of: $0), $0.connections) }, uniquingKeysWith: +)
        for (app, count) in connections.sorted(by: { $0.key < $1.key }) { text.add(count, [("app", app)]) }
        text.add(
            "mvp_auth_connections_accepted_total", .counter, "Connections that were accepted.",
            stats.connectionsAccepted)
        text.add(
            "mvp_auth_connections_refused_total", .counter, "Connections that were refused.", stats.connectionsRefused)
        text.begin("mvp_auth_limits_total", .counter, "How often each limit was met.")
        for (limit, count) in limitCounts { text.add(count, [("limit", limit.wireName)]) }
        text.begin(
            "mvp_auth_throttled_total", .counter, "How often guessing was stopped, by what stopped it.")
        for layer in ThrottleLayer.allCases {
            text.add(stats.throttled[layer.rawValue] ?? 0, [("layer", layer.rawValue)])
        }
        text.add(
            "mvp_auth_login_attacks_total", .counter,
            "In how many spans of five minutes far more logins failed than succeeded.", stats.attacks)
        text.add(
            "mvp_auth_log_lines_dropped_total", .counter, "Log lines that were dropped because nobody read them.",
            stats.logLinesDropped)
    }

    /// Apps that no file names are one: their names hold the numbers of users.
    private func label(of app: AppReport) -> String { app.isConfigured ? app.name : Self.others }

    private static let others = "other"

    private func addHashing(_ system: AuthSystem, to text: inout MetricsText) {
        let queue = system.hashingQueue
        let configured = Set(apps.filter(\.isConfigured).map(\.name))
        var waiting: [String: Int] = [Self.others: 0]
        for app in configured { waiting[app] = 0 }
        for (app, count) in queue { waiting[configured.contains(app) ? app : Self.others, default: 0] += count }
        text.begin("mvp_auth_hash_queue", .gauge, "Passwords that wait to be hashed, by app.")
        for (app, count) in waiting.sorted(by: { $0.key < $1.key }) { text.add(count, [("app", app)]) }
        text.begin(
            "mvp_auth_hash_seconds", .histogram,
            "How long the computing of a password's hash took, by algorithm, in seconds.")
        for (algorithm, times) in system.hashingTimes where times.total > 0 {
            text.add(times, per: Self.second, [("algorithm", algorithm.rawValue)])
        }
    }

    private func addStore(_ system: AuthSystem, _ sessions: Int?, to text: inout MetricsText) {
        text.begin(
            "mvp_auth_store_seconds", .histogram,
            "How long the store took for an operation, with the time that it waited, in seconds.")
        for (operation, times) in system.storeTimes where times.total > 0 {
            text.add(times, per: Self.second, [("operation", operation.rawValue)])
        }
        if let batches = system.batchSizes {
            text.begin("mvp_auth_store_batch_size", .histogram, "How many operations were committed together.")
            text.add(batches)
        }
        text.add(
            "mvp_auth_revocation_lag_seconds", .gauge,
            "How long nothing has been heard of what others write: above 1, the store is asked about each token.",
            system.revocationLag)
        if let sessions { text.add("mvp_auth_sessions", .gauge, "Sessions that are live.", sessions) }
    }

    private func addMessages(_ counts: MessageCounts, _ backlog: MessageBacklog?, to text: inout MetricsText) {
        if let backlog {
            text.begin(
                "mvp_auth_messages", .gauge,
                "Messages that wait, or were given up; at most \(MessageBacklog.most) of each are counted.")
            text.add(backlog.pending, [("state", "pending")])
            text.add(backlog.dead, [("state", "dead")])
            text.add(
                "mvp_auth_message_oldest_seconds", .gauge,
                "For how long the oldest message that waits has been there, in seconds.", backlog.oldestSeconds ?? 0)
        }
        text.begin("mvp_auth_messages_total", .counter, "What became of messages, in this daemon.")
        for (event, count) in [
            ("enqueued", counts.enqueued), ("suppressed", counts.suppressed), ("handed_over", counts.handedOver),
            ("success", counts.success), ("retry", counts.retry), ("drop", counts.drop),
            ("timed_out", counts.timedOut),
        ] { text.add(count, [("event", event)]) }
    }
}
