extension AttemptJournal {
    struct Pair: Hashable {
        let kind: AuthEvent.Kind
        let account: String?
        let source: String?
    }

    struct State {
        var hour: Int64 = 0
        /// How often, in this hour.
        var counts: [Pair: Int] = [:]
        /// Those that stand for several.
        var sums: [Pair: Sum] = [:]
        var waiting: [AuthEvent] = []
    }

    struct Sum {
        var event: AuthEvent
        var count: Int
        var isWritten: Bool
    }
}

extension AttemptJournal.State {
    mutating func add(_ event: AuthEvent) {
        if waiting.count < AttemptJournal.mostWaiting { waiting.append(event) }
    }

    /// What is known of the hour before is complete.
    mutating func begin(_ hour: Int64) {
        waiting = take()
        self.hour = hour
        counts = [:]
        sums = [:]
    }

    mutating func take() -> [AuthEvent] {
        var events = waiting
        waiting = []
        for (pair, sum) in sums where !sum.isWritten {
            var event = sum.event
            event.detail = AuthEvent.detail(event.detail, "count=\(sum.count)")
            events.append(event)
            sums[pair]?.isWritten = true
        }
        return events
    }
}
