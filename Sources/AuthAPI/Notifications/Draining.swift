package struct Draining: RPCNotification {
    package init() {}

    package static let spec = NotificationSpec(
        "system.draining",
        "The daemon is about to stop. It answers what is in flight; other calls belong on a new connection.", role: .any
    )

    package static let example = Draining()
}
