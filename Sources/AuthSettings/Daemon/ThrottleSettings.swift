package import MVPAuth

/// How guessing of passwords is slowed down.
package struct ThrottleSettings: Sendable {
    private let chosen: Bool?
    private let policy: ThrottlePolicy

    init(reading value: SettingSource) {
        value.begin("Guessing")
        chosen = value(Self.isEnabled)
        var policy = ThrottlePolicy()
        policy.freeFailures = value(
            .integer(
                "AUTH_THROTTLE_FREE",
                "How many failures at an account cost no time; each further one doubles the delay.", 0...20, default: 4)
        )
        policy.closingFailures = value(
            .integer(
                "AUTH_THROTTLE_CLOSED",
                "After how many failures only known devices and networks may try, until the owner has signed in.",
                10...1000, default: 80))
        policy.longestDelay = value(
            .integer("AUTH_THROTTLE_MAX_SECONDS", "The longest delay between two attempts.", 1...86_400, default: 900))
        policy.sourceBurst = value(
            .integer("AUTH_SOURCE_BURST", "How many attempts a network may make at once.", 1...100_000, default: 30))
        policy.sourceSeconds = value(
            .integer("AUTH_SOURCE_SECONDS", "After how long it may make one more.", 1...3600, default: 3))
        policy.deviceLifetime =
            86_400 * value(.integer("AUTH_DEVICE_DAYS", "How long a device is known again.", 1...3650, default: 180))
        self.policy = policy
        if policy.closingFailures <= policy.freeFailures {
            value.note(["AUTH_THROTTLE_CLOSED must be more than AUTH_THROTTLE_FREE."])
        }
    }

    /// In development nobody guesses, and tests fail on purpose: there it has to be asked for.
    package func policy(for whole: AuthPolicy, isDevelopment: Bool) -> ThrottlePolicy {
        var policy = policy
        policy.isEnabled = chosen ?? !isDevelopment
        policy.disablingFailures = whole.throttle.disablingFailures
        return policy
    }

    private static let isEnabled = Setting<Bool?>(
        "AUTH_THROTTLE", "Whether guessing is slowed down; false for tests. With --dev only where this says true.",
        allowed: "true or false", default: nil, shown: "true"
    ) { text in Setting<Bool>.truth(text).map { .some($0) } }
}
