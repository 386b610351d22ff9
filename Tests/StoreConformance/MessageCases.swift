internal import MVPAuth
internal import Testing

/// What operators see of the outbox, and do with it.
extension StoreConformance {
    static let messageCases: [Case] = [
        Case("messages are listed the newest first, each on one page, whatever is queued meanwhile") { fixture in
            // Several of one moment: their ids decide.
            let messages = (0..<7).map { fixture.message("user\($0)@example.org", at: fixture.start + Int64($0 / 3)) }
            try await fixture.store.write { for message in messages { try Transaction($0).enqueue(message) } }
            var seen: [EmailMessage] = []
            var filter = MessageFilter(limit: 2)
            while true {
                let page = try await fixture.messages(filter)
                seen += page
                guard page.count == 2, let last = page.last else { break }
                filter.after = PageCursor(createdAt: last.createdAt, id: last.id)
                let newer = fixture.message("late@example.org", at: fixture.start + 100)
                try await fixture.store.write { try Transaction($0).enqueue(newer) }
            }
            #expect(Set(seen.map(\.id)) == Set(messages.map(\.id)) && seen.count == 7)
            #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.createdAt >= $1.createdAt })
        },
        Case("messages are listed by state, kind and user") { fixture in
            let now = SystemTime().now()
            let user = UserID.random(from: SystemEntropy())
            let reset = fixture.message(kind: .passwordReset, user: user, at: now)
            let verification = fixture.message("bob@example.org", at: now)
            try await fixture.store.write {
                try Transaction($0).enqueue(reset)
                try Transaction($0).enqueue(verification)
            }
            _ = try await fixture.lease("a", kinds: [.passwordReset])
            #expect(try await fixture.messages(MessageFilter(limit: 9)).count == 2)
            #expect(try await fixture.messages(MessageFilter(state: .leased, limit: 9)).map(\.id) == [reset.id])
            #expect(try await fixture.messages(MessageFilter(state: .pending, limit: 9)).map(\.id) == [verification.id])
            #expect(
                try await fixture.messages(MessageFilter(kind: .verification, limit: 9)).map(\.id) == [verification.id])
            #expect(try await fixture.messages(MessageFilter(userID: user, limit: 9)).map(\.id) == [reset.id])
            #expect(
                try await fixture.messages(MessageFilter(state: .pending, userID: user, limit: 9)).isEmpty)
        },
        Case("the backlog counts what waits and what was given up, and how old the oldest is") { fixture in
            #expect(
                try await fixture.backlog() == MessageBacklog(pending: 0, dead: 0, oldestSeconds: nil))
            let now = SystemTime().now()
            let old = fixture.message("old@example.org", kind: .passwordReset, at: now - 100)
            let dropped = fixture.message("dead@example.org", at: now - 500)
            let fresh = fixture.message("new@example.org", kind: .sessionsEnded, at: now)
            try await fixture.store.write {
                for message in [old, dropped, fresh] { try Transaction($0).enqueue(message) }
            }
            _ = try await fixture.store.write { try Transaction($0).dropMessage(dropped.id, at: now) }
            // Who is handing it over has not said yet that it was taken.
            _ = try await fixture.lease("a", kinds: [.passwordReset])
            let backlog = try await fixture.backlog()
            #expect(backlog.pending == 2 && backlog.dead == 1)
            #expect((100...130).contains(try #require(backlog.oldestSeconds)))
        },
        Case("what was given up goes out again when an operator says so, with all its attempts") { fixture in
            var tired = fixture.message(at: SystemTime().now())
            tired.attempt = EmailPace.attempts - 1
            let weary = tired
            try await fixture.store.write { try Transaction($0).enqueue(weary) }
            _ = try await fixture.lease("a")
            let last = EmailDeliveryID(message: weary.id, attempt: EmailPace.attempts, owner: "a")
            #expect(try await fixture.settle(last, .retry(afterMilliseconds: 0, reason: "451 later")))
            #expect(try await fixture.stored(weary)?.state == .dead)
            let retried = try await fixture.retry(weary.id)
            #expect(retried.state == .pending && retried.attempt == 0 && retried.settledAt == nil)
            #expect(retried.lastError == "451 later", "why it was given up is still to be seen")
            #expect(try await fixture.stored(weary) == retried)
            try await Task.sleep(for: .milliseconds(2))
            let again = try await fixture.lease("b")
            #expect(again.messages.map(\.id) == [weary.id] && again.messages.first?.attempt == 1)
        },
        Case("what waits for its time goes out at once when an operator says so") { fixture in
            let message = try await fixture.queued()
            _ = try await fixture.lease("a")
            let first = EmailDeliveryID(message: message.id, attempt: 1, owner: "a")
            _ = try await fixture.settle(first, .retry(afterMilliseconds: 600_000, reason: "451 later"))
            #expect(try await fixture.lease("a").messages.isEmpty)
            _ = try await fixture.retry(message.id)
            try await Task.sleep(for: .milliseconds(2))
            #expect(try await fixture.lease("a").messages.map(\.id) == [message.id])
        },
        Case("what is done, being handed over, expired or unknown is not handed over again") { fixture in
            let now = SystemTime().now()
            let done = try await fixture.queued()
            _ = try await fixture.lease("a")
            _ = try await fixture.settle(EmailDeliveryID(message: done.id, attempt: 1, owner: "a"), .success)
            let leased = try await fixture.queued("bob@example.org")
            _ = try await fixture.lease("a")
            let expired = fixture.message("old@example.org", at: now - 90_000)
            try await fixture.store.write { try Transaction($0).enqueue(expired) }
            let before = try await fixture.messages(MessageFilter(limit: 9))
            for id in [done.id, leased.id, expired.id, MessageID(high: 1, low: 1)] {
                await #expect(throws: AuthError.self) { try await fixture.retry(id) }
            }
            #expect(try await fixture.messages(MessageFilter(limit: 9)) == before)
        },
        Case("what an operator drops is dead, and the answer of whoever has it changes nothing") { fixture in
            let waiting = try await fixture.queued()
            let dropped = try await fixture.drop(waiting.id)
            #expect(dropped.state == .dead && dropped.dueAt == nil && dropped.lastError == "dropped by an operator")
            #expect(try await fixture.lease("a").messages.isEmpty)
            let held = try await fixture.queued("bob@example.org")
            _ = try await fixture.lease("a")
            _ = try await fixture.drop(held.id)
            for verdict in [EmailVerdict.success, .retry(afterMilliseconds: 0, reason: nil)] {
                #expect(
                    try await !fixture.settle(EmailDeliveryID(message: held.id, attempt: 1, owner: "a"), verdict))
            }
            #expect(try await fixture.release("a") == 0)
            #expect(try await fixture.stored(held)?.state == .dead)
            let again = try await fixture.drop(held.id)
            #expect(again.state == .dead, "twice is once")
        },
        Case("what was handed over cannot be dropped any more") { fixture in
            let done = try await fixture.queued()
            _ = try await fixture.lease("a")
            _ = try await fixture.settle(EmailDeliveryID(message: done.id, attempt: 1, owner: "a"), .success)
            await #expect(throws: AuthError.self) { try await fixture.drop(done.id) }
            await #expect(throws: AuthError.self) { try await fixture.drop(MessageID(high: 1, low: 1)) }
            #expect(try await fixture.stored(done)?.state == .done)
        },
    ]
}

extension Fixture {
    fileprivate func messages(_ filter: MessageFilter) async throws -> [EmailMessage] {
        try await store.read { try Transaction($0).messages(filter) }
    }

    fileprivate func backlog() async throws -> MessageBacklog {
        try await store.read { try Transaction($0).messageBacklog(at: SystemTime().now()) }
    }

    @discardableResult
    fileprivate func retry(_ id: MessageID) async throws -> EmailMessage {
        try await store.write { try Transaction($0).retryMessage(id, at: SystemTime().now()) }
    }

    @discardableResult
    fileprivate func drop(_ id: MessageID) async throws -> EmailMessage {
        try await store.write { try Transaction($0).dropMessage(id, at: SystemTime().now()) }
    }
}
