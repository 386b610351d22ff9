package import StrictJSON

package struct Stats: RPCMethod {
    package init() {}

    package struct Reply: Codable, Sendable, JSONExplained {
        package let connections: Int
        package let connectionsAccepted: Int
        package let connectionsRefused: Int
        package let calls: [String: Int]
        package let errors: [String: Int]
        package let limits: [String: Int]
        package let throttled: [String: Int]
        package let attacks: Int
        package let messages: MessageCounts
        package let replies: Int
        package let logLinesDropped: Int

        package init(
            connections: Int, connectionsAccepted: Int, connectionsRefused: Int, calls: [String: Int],
            errors: [String: Int], limits: [String: Int], throttled: [String: Int], attacks: Int,
            messages: MessageCounts, replies: Int, logLinesDropped: Int
        ) {
            self.connections = connections
            self.connectionsAccepted = connectionsAccepted
            self.connectionsRefused = connectionsRefused
            self.calls = calls
            self.errors = errors
            self.limits = limits
            self.throttled = throttled
            self.attacks = attacks
            self.messages = messages
            self.replies = replies
            self.logLinesDropped = logLinesDropped
        }

        enum CodingKeys: String, CodingKey {
            case connections, connectionsAccepted, connectionsRefused, calls, errors, limits, throttled, attacks,
                messages
            case replies = "replies_kept"
            case logLinesDropped
        }

        package static let meanings: [String: MemberMeaning] = [
            "connections": "Connections that are open.",
            "connections_accepted": "Connections that were accepted.",
            "connections_refused": "Connections that were refused.",
            "calls": "How often each method was called.",
            "errors": "How often each error was answered.",
            "limits": "How often each limit of `system.hello` was met.",
            "throttled": """
            How often guessing was stopped, by what stopped it: the count of a network (`source`), of an account for \
            strangers to it (`account`) or for everybody (`disabled`), of a device, of a session's refreshes, of changes \
            of a password, or of accounts that a network registers.
            """,
            "attacks": """
            How often, in five minutes, more than 100 logins failed and more than ten for each that succeeded: passwords \
            are being tried.
            """,
            "messages": "What became of messages, in this daemon.",
            "replies_kept": "Answers kept for calls under an idempotency key.",
            "log_lines_dropped": "Log lines that were dropped because nobody read them.",
        ]
    }

    package static let spec = MethodSpec(
        "system.stats", "Counters since the start.", role: .admin, cost: .memory, isIdempotent: true)

    package static let example = (
        params: Stats(),
        reply: Reply(
            connections: 3, connectionsAccepted: 12, connectionsRefused: 0, calls: ["token.verify": 1042],
            errors: ["TOKEN_EXPIRED": 4], limits: ["line_bytes": 1],
            throttled: ["account": 17], attacks: 0,
            messages: MessageCounts(
                enqueued: 41, suppressed: 2, handedOver: 44, success: 40, retry: 3, drop: 1, timedOut: 0),
            replies: 2, logLinesDropped: 0)
    )
}

/// What became of messages since the start.
package struct MessageCounts: Codable, Sendable {
    package let enqueued: Int
    package let suppressed: Int
    package let handedOver: Int
    package let success: Int
    package let retry: Int
    package let drop: Int
    package let timedOut: Int

    package init(
        enqueued: Int, suppressed: Int, handedOver: Int, success: Int, retry: Int, drop: Int, timedOut: Int
    ) {
        self.enqueued = enqueued
        self.suppressed = suppressed
        self.handedOver = handedOver
        self.success = success
        self.retry = retry
        self.drop = drop
        self.timedOut = timedOut
    }
}

extension MessageCounts: JSONExplained {
    package static let meanings: [String: MemberMeaning] = [
        "enqueued": "Messages that were put into the outbox.",
        "suppressed": "Messages that were not, because their address had had its share.",
        "handed_over": "How often a message was handed to whoever sends it.",
        "success": "Of these, how many were taken.",
        "retry": "How many are to be handed over again.",
        "drop": "How many were given up by whoever sends them.",
        "timed_out": "How many were not acknowledged in time.",
    ]
}
