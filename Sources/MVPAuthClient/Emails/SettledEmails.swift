/// The emails that were settled last, by their ids' bytes: one that comes again is not begun again.
struct SettledEmails {
    private var outcomes: [[UInt8]: EmailSubscriber.Outcome] = [:]
    private var order: [[UInt8]] = []

    private static let most = 1024

    subscript(id: String) -> EmailSubscriber.Outcome? {
        get { outcomes[Array(id.utf8)] }
        set {
            let key = Array(id.utf8)
            if outcomes.updateValue(newValue ?? .success, forKey: key) == nil { order.append(key) }
            if order.count > Self.most { outcomes[order.removeFirst()] = nil }
        }
    }
}
