internal import MVPAuth
internal import Testing

/// The outbox: messages are leased by one at a time, handed over until they are settled, and counted by address. Leases go by
/// the store's clock, so these cases are of now.
extension StoreConformance {
    static let emailCases: [Case] = [
        Case("a message comes back whole") { fixture in
            var message = fixture.message(at: SystemTime().now())
            message.app = "shop"
            message.attempt = 3
            message.leaseOwner = "owner"
            message.settledAt = fixture.start
            message.lastError = "451 later"
            let whole = message
            try await fixture.store.write { try Transaction($0).enqueue(whole) }
            #expect(try await fixture.stored(whole) == whole)
        },
        Case("a message is leased by one at a time, and again when the lease has run out") { fixture in
            let message = try await fixture.queued()
            let first = try await fixture.lease("a")
            #expect(first.messages.map(\.id) == [message.id])
            #expect(first.messages.first?.attempt == 1 && first.messages.first?.state == .leased)
            #expect(try await fixture.lease("b").messages.isEmpty)
            #expect(try await fixture.stored(message)?.leaseOwner == "a")
            let short = try await fixture.queued("bob@example.org")
            // What is left of this one is the margin, which is taken off.
            #expect(try await fixture.lease("a", milliseconds: -5000).messages.map(\.id) == [short.id])
            try await Task.sleep(for: .milliseconds(2))
            let again = try await fixture.lease("b")
            #expect(again.messages.map(\.id) == [short.id] && again.messages.first?.attempt == 2)
        },
        Case("an answer counts for its own delivery, once, and while the lease lasts") { fixture in
            let message = try await fixture.queued()
            _ = try await fixture.lease("a")
            let delivery = EmailDeliveryID(message: message.id, attempt: 1, owner: "a")
            for other in [
                EmailDeliveryID(message: message.id, attempt: 2, owner: "a"),
                EmailDeliveryID(message: message.id, attempt: 1, owner: "b"),
                EmailDeliveryID(message: MessageID(high: 1, low: 1), attempt: 1, owner: "a"),
            ] {
                #expect(try await !fixture.settle(other, .drop(reason: nil)))
            }
            #expect(try await fixture.settle(delivery, .success))
            #expect(try await !fixture.settle(delivery, .drop(reason: nil)))
            let done = try #require(try await fixture.stored(message))
            #expect(done.state == .done && done.dueAt == nil && done.settledAt != nil && done.leaseOwner == nil)
            let late = try await fixture.queued("bob@example.org")
            _ = try await fixture.lease("a", milliseconds: -5000)
            try await Task.sleep(for: .milliseconds(2))
            #expect(
                try await !fixture.settle(EmailDeliveryID(message: late.id, attempt: 1, owner: "a"), .success))
            #expect(try await fixture.lease("b").messages.map(\.id) == [late.id])
        },
        Case("what is to be tried again waits for its time and keeps the reason") { fixture in
            let message = try await fixture.queued()
            _ = try await fixture.lease("a")
            let first = EmailDeliveryID(message: message.id, attempt: 1, owner: "a")
            #expect(try await fixture.settle(first, .retry(afterMilliseconds: 60_000, reason: "451 later")))
            let waiting = try await fixture.lease("a")
            #expect(waiting.messages.isEmpty)
            let next = try #require(waiting.nextDue)
            let wait = next.microseconds - waiting.now.microseconds
            #expect(wait > 50_000_000 && wait <= 60_000_000)
            let stored = try #require(try await fixture.stored(message))
            #expect(stored.state == .pending && stored.lastError == "451 later" && stored.attempt == 1)
        },
        Case("what is dropped, tried too often or too old is dead, with the reason") { fixture in
            let now = SystemTime().now()
            let dropped = try await fixture.queued()
            _ = try await fixture.lease("a")
            _ = try await fixture.settle(
                EmailDeliveryID(message: dropped.id, attempt: 1, owner: "a"), .drop(reason: "550 no such user"))
            var tired = fixture.message("bob@example.org", at: now)
            tired.attempt = EmailPace.attempts - 1
            var old = fixture.message("eve@example.org", at: now - 90_000)
            old.lastError = "451 later"
            let (weary, late) = (tired, old)
            try await fixture.store.write {
                let transaction = Transaction($0)
                try transaction.enqueue(weary)
                try transaction.enqueue(late)
            }
            #expect(try await fixture.lease("a").messages.map(\.id) == [weary.id])
            let last = EmailDeliveryID(message: weary.id, attempt: EmailPace.attempts, owner: "a")
            #expect(try await fixture.settle(last, .retry(afterMilliseconds: 0, reason: "again")))
            #expect(try await fixture.lease("a").messages.isEmpty)
            let reasons = [dropped, weary, late].map { message in
                (message, ["550 no such user", "again", "expired"])
            }
            for (index, (message, expected)) in reasons.enumerated() {
                let stored = try #require(try await fixture.stored(message))
                #expect(stored.state == .dead && stored.dueAt == nil && stored.lastError == expected[index])
            }
        },
        Case("a subscriber gets the kinds and the app's messages that it asked for") { fixture in
            let now = SystemTime().now()
            var shop = fixture.message(at: now)
            shop.app = "shop"
            let other = fixture.message("bob@example.org", kind: .passwordReset, at: now)
            let ours = shop
            try await fixture.store.write {
                try Transaction($0).enqueue(ours)
                try Transaction($0).enqueue(other)
            }
            #expect(try await fixture.lease("a", kinds: [.sessionsEnded]).messages.isEmpty)
            #expect(try await fixture.lease("a", app: "blog").messages.isEmpty)
            #expect(try await fixture.lease("a", kinds: [.passwordReset], app: "shop").messages.isEmpty)
            #expect(try await fixture.lease("a", app: "shop").messages.map(\.id) == [ours.id])
            #expect(try await fixture.lease("a").messages.map(\.id) == [other.id])
        },
        Case("what a subscriber held that is gone goes to others at once") { fixture in
            let message = try await fixture.queued()
            _ = try await fixture.lease("a")
            #expect(try await fixture.release("b") == 0)
            #expect(try await fixture.release("a") == 1)
            let again = try await fixture.lease("b")
            #expect(again.messages.map(\.id) == [message.id] && again.messages.first?.attempt == 2)
        },
        Case("what never reached its subscriber goes to others at once, and has cost no attempt") { fixture in
            let message = try await fixture.queued()
            let other = try await fixture.queued("bob@example.org")
            for subscriber in ["a", "b"] {
                let leased = try await fixture.lease(subscriber).messages
                #expect(leased.map(\.attempt) == [1, 1])
                let deliveries = leased.map {
                    EmailDeliveryID(message: $0.id, attempt: $0.attempt, owner: subscriber)
                }
                let foreign = [
                    EmailDeliveryID(message: message.id, attempt: 1, owner: "c"),
                    EmailDeliveryID(message: message.id, attempt: 2, owner: subscriber),
                    EmailDeliveryID(message: MessageID(high: 1, low: 1), attempt: 1, owner: subscriber),
                ]
                #expect(try await fixture.giveBack(foreign) == 0)
                #expect(try await fixture.lease("c").messages.isEmpty)
                #expect(try await fixture.giveBack(foreign + deliveries) == 2)
                #expect(try await fixture.giveBack(deliveries) == 0)
            }
            let last = try await fixture.lease("c").messages
            #expect(Set(last.map(\.id)) == [message.id, other.id])
        },
        Case("of those who lease at once no two get one message, and none is left") { fixture in
            let now = SystemTime().now()
            for round in 0..<5 {
                let messages = (0..<60).map { fixture.message("user\($0)-\(round)@example.org", at: now) }
                try await fixture.store.write { for message in messages { try Transaction($0).enqueue(message) } }
                let leased = try await withThrowingTaskGroup(of: [MessageID].self) { group in
                    for index in 0..<8 {
                        group.addTask {
                            var taken: [MessageID] = []
                            for _ in 0..<100 {
                                let batch = try await fixture.lease("\(index)", count: 5).messages.map(\.id)
                                taken += batch
                                if batch.isEmpty { break }
                            }
                            return taken
                        }
                    }
                    return try await group.reduce(into: []) { $0 += $1 }
                }
                let rest = try await fixture.lease("rest", count: 100).messages.map(\.id)
                #expect((leased + rest).count == 60 && Set(leased + rest) == Set(messages.map(\.id)))
            }
        },
        Case("an address gets one message of a kind a minute, five an hour, twenty a day") { fixture in
            let user = try await fixture.user()
            var sent: [Int64] = []
            for second in stride(from: 0 as Int64, through: 90_000, by: 30) {
                if try await fixture.ask(user, at: fixture.start + second) { sent.append(second) }
            }
            #expect(sent.prefix(5) == [0, 60, 120, 180, 240])
            #expect(sent[5] == 3600, "five in any hour")
            #expect(sent.count { $0 < 86_400 } == 20)
            #expect(sent[20] == 86_400)
            #expect(try await fixture.ask(user, kind: .verification, at: fixture.start + 10), "another kind")
            let rows = try await fixture.store.read { try $0.all(Query<EmailMessage>()) }
            #expect(rows.count == sent.count + 1, "what was refused left nothing")
        },
        Case("an address that is nobody's is counted alike, and its row goes to nobody") { fixture in
            let now = SystemTime().now()
            #expect(try await fixture.ask(nil, address: "no@example.org", at: now))
            #expect(try await !fixture.ask(nil, address: "no@example.org", at: now + 30))
            let inactive = try await fixture.user("off@example.org", isActive: false)
            #expect(try await fixture.ask(inactive, at: now))
            #expect(try await fixture.lease("a").messages.isEmpty)
            let rows = try await fixture.store.read { try $0.all(Query<EmailMessage>()) }
            #expect(rows.count == 2 && rows.allSatisfy { $0.state == .done && $0.settledAt == now })
        },
        Case("what is over is purged a while later, what waits is not") { fixture in
            let waiting = try await fixture.queued()
            #expect(try await fixture.ask(nil, address: "no@example.org", at: fixture.start))
            #expect(try await fixture.store.purge(expiredBefore: fixture.start, limit: 10) == 0)
            #expect(try await fixture.store.purge(expiredBefore: fixture.start + 1, limit: 10) == 1)
            let rows = try await fixture.store.read { try $0.all(Query<EmailMessage>()) }
            #expect(rows.map(\.id) == [waiting.id])
        },
        Case("an account that goes takes its messages along") { fixture in
            let user = try await fixture.user()
            #expect(try await fixture.ask(user, at: SystemTime().now()))
            _ = try await fixture.store.delete(user.id, tombstoneUntil: fixture.start)
            #expect(try await fixture.store.read { try $0.all(Query<EmailMessage>()) }.isEmpty)
        },
    ]
}

extension Fixture {
    func message(
        _ address: String = "ada@example.org", kind: EmailMessage.Kind = .verification, user: UserID? = nil,
        asked: String? = nil, at now: Timestamp
    ) -> EmailMessage {
        EmailMessage(
            id: .random(from: SystemEntropy()), kind: kind, userID: user ?? .random(from: SystemEntropy()),
            addressKey: asked, address: address, app: nil, createdAt: now, expiresAt: now + 86_400)
    }

    func queued(_ address: String = "ada@example.org") async throws -> EmailMessage {
        let message = message(address, at: SystemTime().now())
        try await store.write { try Transaction($0).enqueue(message) }
        return message
    }

    func stored(_ message: EmailMessage) async throws -> EmailMessage? {
        try await store.read { try $0.find(EmailMessage.self, message.id) }
    }

    func lease(
        _ owner: String, kinds: Set<EmailMessage.Kind> = Set(EmailMessage.Kind.allCases), app: String? = nil,
        count: Int = 10, milliseconds: Int64 = 60_000
    ) async throws -> LeasedMessages {
        let lease = EmailLease(owner: owner, kinds: kinds, app: app, count: count, milliseconds: milliseconds)
        return try await store.write { try Transaction($0).lease(lease, at: SystemTime().now()) }
    }

    func settle(_ delivery: EmailDeliveryID, _ verdict: EmailVerdict) async throws -> Bool {
        try await store.write { try Transaction($0).settle(delivery, verdict, at: SystemTime().now()) }
    }

    func release(_ owner: String) async throws -> Int {
        try await store.write { try Transaction($0).release(leasesOf: owner) }
    }

    func giveBack(_ deliveries: [EmailDeliveryID]) async throws -> Int {
        try await store.write { try Transaction($0).giveBack(deliveries) }
    }

    /// What forgot and resend do.
    func ask(
        _ user: User?, kind: EmailMessage.Kind = .passwordReset, address: String? = nil, at now: Timestamp
    ) async throws -> Bool {
        let address = user?.email ?? address ?? ""
        var message = message(address, kind: kind, asked: address, at: now)
        message.userID = user?.id
        let asked = message
        return try await store.write { try Transaction($0).enqueue(asked) { $0.isActive } }
    }
}
