public import MVPAuth

extension PostgresStore {
    public func follow(_ follower: any StoreFollower) async throws {
        if database.options.preparesStatements {
            await listen(follower)
        } else {
            await poll(follower)
        }
        if let refusal = database.refusal { throw refusal }
    }

    /// By notifications. They count once a probe, sent over another connection, has come through: a proxy may accept
    /// `LISTEN` and deliver nothing.
    private func listen(_ follower: any StoreFollower) async {
        var isSynchronized = false
        var probe: String?
        var heartbeats = 0
        for await event in Listener(database).events() {
            switch event {
            case .listening:
                isSynchronized = await synchronize(follower)
                probe = await sendProbe()
                heartbeats = 0
            case .notice(let text):
                if let expected = probe, text.utf8.elementsEqual(expected.utf8) { probe = "" }
                if let change = ChangeNotice.change(text) { follower.apply(change) }
            case .heartbeat(let uptime):
                if !isSynchronized { isSynchronized = await synchronize(follower) }
                if probe == nil { probe = await sendProbe() }
                if isSynchronized, probe?.isEmpty == true {
                    follower.confirm(uptime)
                } else {
                    heartbeats += 1
                    if heartbeats == Self.heartbeatsUntilReport { reportMissingNotifications() }
                }
            }
        }
    }

    private static let heartbeatsUntilReport = 20

    private func reportMissingNotifications() {
        database.report(
            "notifications do not arrive, so every token is checked in the database; "
                + "behind a pooling proxy set AUTH_POSTGRES_PREPARE=false")
    }

    /// What will be heard; nil when it could not be sent.
    private func sendProbe() async -> String? {
        let text = "p \(UInt64.random(in: 0 ... .max))"
        let call = Self.probe.with(["channel": ChangeNotice.channel, "text": text])
        return (try? await write(.none, call) { _ in text })
    }

    private static let probe = Statement("probe", "SELECT pg_notify(:channel, :text)")

    /// By reading everything again, several times within the time that a reading counts.
    private func poll(_ follower: any StoreFollower) async {
        while database.refusal == nil {
            let uptime = SystemTime().uptime()
            if await synchronize(follower) { follower.confirm(uptime) }
            guard (try? await Task.sleep(for: .milliseconds(300))) != nil else { return }
        }
    }

    private func synchronize(_ follower: any StoreFollower) async -> Bool {
        (try? await follower.synchronize()) != nil
    }
}
