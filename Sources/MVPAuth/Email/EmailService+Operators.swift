/// What operators see of the outbox, and may do with it.
extension EmailService {
    /// A part of the list of messages, the newest first. Throws `INVALID_PARAMS` for a cursor that is none of this list.
    package func list(_ filter: MessageFilter, _ request: PageRequest) async throws(AuthError) -> Page<EmailMessage> {
        var wanted = filter
        wanted.after = try request.cursor(by: core.cursorKey)
        wanted.limit = request.limit + 1
        let found = try await core.store.read { [wanted] in try $0.messages(wanted) }
        return request.page(of: found, by: core.cursorKey) {
            PageCursor<EmailMessage>(createdAt: $0.createdAt, id: $0.id)
        }
    }

    /// Throws `VALIDATION_ERROR` when there is no such message.
    package func message(_ id: MessageID) async throws(AuthError) -> EmailMessage {
        try await core.store.read { try $0.message(id) }
    }

    /// Counts what waits and what was given up: reads that many rows.
    package func backlog() async throws(AuthError) -> MessageBacklog {
        let now = core.time.now()
        return try await core.store.read { try $0.messageBacklog(at: now) }
    }

    /// Makes a message that waits, or was given up, due at once. Throws `VALIDATION_ERROR`.
    package func retry(_ id: MessageID) async throws(AuthError) -> EmailMessage {
        let now = core.time.now()
        return try await core.store.write { transaction in
            let message = try transaction.retryMessage(id, at: now)
            try transaction.record(.adminRetryMessage, of: message.userID, detail: "message=\(id)", at: now)
            return message
        }
    }

    /// Gives a message up. Throws `VALIDATION_ERROR`.
    package func drop(_ id: MessageID) async throws(AuthError) -> EmailMessage {
        let now = core.time.now()
        return try await core.store.write { transaction in
            let message = try transaction.dropMessage(id, at: now)
            try transaction.record(.adminDropMessage, of: message.userID, detail: "message=\(id)", at: now)
            return message
        }
    }

    /// Queues a message that says only that messages arrive, to any address. It has no token and no limit: whoever may
    /// send it operates the service.
    ///
    /// Throws `VALIDATION_ERROR` for what is no address, and where nothing is sent.
    package func sendTest(to text: String, app: String?) async throws(AuthError) -> EmailMessage {
        let address = try core.emails.canonical(text).address
        guard core.policy.sendsEmail else {
            throw AuthError(.validation, "This service sends no emails: its sink is none.")
        }
        let now = core.time.now()
        let message = EmailMessage(
            id: .random(from: core.entropy), kind: .test, userID: nil, addressKey: nil, address: address, app: app,
            createdAt: now, expiresAt: now + Self.testLifetime)
        try await core.store.write { transaction in
            try transaction.enqueue(message)
            try transaction.record(.adminSendTestMessage, detail: "message=\(message.id)", at: now)
        }
        return message
    }

    /// Seconds that a test is worth sending.
    private static let testLifetime: Int64 = 3600

    /// How many messages this process has put into the outbox, and how many it has not, because their address had had
    /// its share.
    package var counts: (enqueued: Int, suppressed: Int) { core.queued.counts }
}
