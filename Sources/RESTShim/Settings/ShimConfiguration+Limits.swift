extension ShimConfiguration {
    /// What one HTTP client may take. Durations in seconds.
    package struct Limits: Sendable {
        package var bodyBytes = 16 * 1024
        package var headerBytes = 32 * 1024
        package var headerFields = 100
        package var targetBytes = 8 * 1024
        package var connections = 10_000
        package var connectionsPerAddress = 1000
        package var bufferBytes = 32 << 20
        package var waitingLogins = 128
        package var headSeconds: Int64 = 10
        package var idleSeconds: Int64 = 75
        package var bodySeconds: Int64 = 30
        /// Until an answer has been taken.
        package var writeSeconds: Int64 = 30

        package init() {}

        var reader: RequestReader.Limits {
            .init(
                targetBytes: targetBytes, headerBytes: headerBytes, headerFields: headerFields, bodyBytes: bodyBytes)
        }
    }
}

extension ShimConfiguration.Limits {
    /// A limit as an operator knows it.
    package struct Adjustable: Sendable {
        /// `body_bytes`; its setting is `MVP_AUTH_HTTP_LIMIT_BODY_BYTES`.
        package let name: String
        /// What an operator may set it to.
        package let range: ClosedRange<Int64>
        /// What is bounded, in words.
        package let summary: String
        /// What happens at the limit.
        package let beyond: String
        package let value: @Sendable (ShimConfiguration.Limits) -> Int64
        let set: @Sendable (inout ShimConfiguration.Limits, Int64) -> Void

        fileprivate init<Value: FixedWidthInteger & Sendable>(
            _ name: String, _ place: any WritableKeyPath<ShimConfiguration.Limits, Value> & Sendable,
            _ range: ClosedRange<Int64>, _ summary: String, beyond: String
        ) {
            self.name = name
            self.range = range
            self.summary = summary
            self.beyond = beyond
            value = { Int64($0[keyPath: place]) }
            set = { $0[keyPath: place] = Value($1) }
        }
    }

    package static let adjustable: [Adjustable] = [
        Adjustable("body_bytes", \.bodyBytes, 1024...65_536, "How long a body may be.", beyond: "413."),
        Adjustable(
            "header_bytes", \.headerBytes, 1024...1_048_576, "How long all header fields may be together.",
            beyond: "431; beyond 100 fields too."),
        Adjustable(
            "target_bytes", \.targetBytes, 256...65_536, "How long a path with its query may be.", beyond: "414."),
        Adjustable(
            "connections", \.connections, 1...1_000_000, "How many connections there may be.",
            beyond: """
                The one that has been idle longest is closed. Never more than the files that the process may open allow.
                """),
        Adjustable(
            "connections_per_address", \.connectionsPerAddress, 1...1_000_000,
            "How many connections an IPv4 address, or an IPv6 /64, may have.",
            beyond: "Its own that has been idle longest is closed. Trusted proxies have no such bound."),
        Adjustable(
            "buffer_bytes", \.bufferBytes, 65_536...1_073_741_824,
            "How much all unfinished requests may hold together.",
            beyond: "The one that has been waiting longest is closed, else 503."),
        Adjustable(
            "waiting_logins", \.waitingLogins, 1...10_000,
            "How many calls that hash a password may wait; fewer where fewer are answered within 15 s.",
            beyond: "503 with `Retry-After`, at once."),
        Adjustable(
            "idle_seconds", \.idleSeconds, 1...3600, "How long a connection may wait for its next request.",
            beyond: "The connection is closed. Common proxies keep theirs for 60 seconds and must close first."),
        Adjustable(
            "head_seconds", \.headSeconds, 1...3600, "How long the head of a request may take.", beyond: "408."),
        Adjustable(
            "body_seconds", \.bodySeconds, 1...3600, "How long the body of a request may take.", beyond: "408."),
    ]
}
