/// What operators do with the outbox.
extension Transaction {
    /// The messages of a page, the newest first.
    package func messages(_ filter: MessageFilter) throws -> [EmailMessage] {
        let states = filter.state.map { [$0] } ?? EmailMessage.State.allCases
        let found = try states.flatMap { try all(filter.query($0)) }
        return Array(found.sorted { $0.isNewer(than: $1) }.prefix(filter.limit))
    }

    /// Counts what waits and what was given up.
    package func messageBacklog(at own: Timestamp) throws -> MessageBacklog {
        let now = try now(own)
        func oldest(_ state: EmailMessage.State) throws -> [EmailMessage] {
            try all(
                Query<EmailMessage>().where(\.state, state).ordered(by: \.createdAt)
                    .limited(to: MessageBacklog.most))
        }
        let pending = try oldest(.pending) + oldest(.leased)
        return MessageBacklog(
            pending: min(pending.count, MessageBacklog.most), dead: try oldest(.dead).count,
            oldestSeconds: pending.map(\.createdAt).min().map { Int(max(0, now.seconds - $0.seconds)) })
    }

    /// Makes a message that waits, or was given up, due at once, with all its attempts.
    ///
    /// Throws `VALIDATION_ERROR` when there is no such message, or it is not to be handed over again.
    package func retryMessage(_ id: MessageID, at own: Timestamp) throws -> EmailMessage {
        let now = try now(own)
        var message = try self.message(id)
        switch message.state {
        case .done: throw AuthError.message("is of a message that was handed over, or is not needed any more")
        case .leased: throw AuthError.message("is of a message that is being handed over")
        case .pending, .dead: break
        }
        // Whoever wanted it then may not want it now: nothing that has run out becomes valid again.
        guard now < message.expiresAt else { throw AuthError.message("is of a message that has expired") }
        message.state = .pending
        message.attempt = 0
        message.dueAt = now
        message.settledAt = nil
        try update(message)
        tell(.messageQueued(isNew: false))
        return message
    }

    /// Gives a message up. Who is handing it over right now changes nothing any more.
    ///
    /// Throws `VALIDATION_ERROR` when there is no such message, or it has been handed over.
    package func dropMessage(_ id: MessageID, at own: Timestamp) throws -> EmailMessage {
        let now = try now(own)
        var message = try self.message(id)
        switch message.state {
        case .dead: return message
        case .done: throw AuthError.message("is of a message that was handed over, or is not needed any more")
        case .pending, .leased: break
        }
        message.settle(.dead, "dropped by an operator", at: now)
        try update(message)
        return message
    }

    /// Throws `VALIDATION_ERROR` when there is none.
    package func message(_ id: MessageID) throws -> EmailMessage {
        guard let message = try find(EmailMessage.self, id) else {
            throw AuthError.message("is of no message in the outbox")
        }
        return message
    }
}

extension AuthError {
    /// What is wrong with the choice of a message.
    fileprivate static func message(_ reason: String) -> AuthError {
        AuthError(.validation, fields: [.init("message_id", reason)])
    }
}
